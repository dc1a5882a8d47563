/// The port to xMatters.
package protocol Target: Sendable {
  /// The person with its roles, supervisors and devices, or nil when there is none with this id.
  func person(_ id: PersonID) async throws(Failure) -> Person?

  /// All people whose attribute equals the value, letter case ignored. `attribute` is `targetName`, `webLogin` or an e-mail device.
  func people(where attribute: TargetAttribute, equals value: String) async throws(Failure) -> [Person]

  /// Every person, page by page, whole or failed. `consume` sees each person once.
  func forEachPerson(_ consume: (Person) throws(Failure) -> Void) async throws(Failure)

  /// Creates a person without devices. Not repeatable: an unknown outcome is said in the failure.
  func create(_ attributes: [TargetAttribute: TargetValue], externalKey: String) async throws(Failure) -> Person

  /// Writes the given attributes only; the external key goes along with every write.
  func modify(
    _ id: PersonID, _ attributes: [TargetAttribute: TargetValue], externalKey: String
  ) async throws(Failure)

  /// True when the person was there, false when it was gone already.
  func delete(_ id: PersonID) async throws(Failure) -> Bool

  func createDevice(
    named name: String, kind: DeviceKind, _ values: DeviceValues, owner: PersonID
  ) async throws(Failure)
  func modifyDevice(_ device: Device, _ values: DeviceValues) async throws(Failure)
  func deleteDevice(_ device: Device) async throws(Failure)

  /// The group, or nil when there is none with this id.
  func group(_ id: GroupID) async throws(Failure) -> Group?
  /// The group with this name, letter case ignored.
  func group(named name: String) async throws(Failure) -> Group?
  /// Every group that may be seen, page by page, whole or failed. `consume` sees each group once.
  func forEachGroup(_ consume: (Group) throws(Failure) -> Void) async throws(Failure)
  /// All members of a group, whole or failed; nil when there is no such group.
  func members(of group: GroupID) async throws(Failure) -> Set<MemberID>?

  /// Creates a group without members and supervisors. Not repeatable: an unknown outcome is said in the failure.
  func createGroup(
    _ kind: GroupKind, _ attributes: [GroupAttribute: String], externalKey: String
  ) async throws(Failure) -> Group
  /// Writes the given attributes only; the external key goes along with every write.
  func modifyGroup(
    _ id: GroupID, _ attributes: [GroupAttribute: String], externalKey: String
  ) async throws(Failure)
  /// True when the group was there, false when it was gone already.
  func deleteGroup(_ id: GroupID) async throws(Failure) -> Bool
  /// Does nothing when the person is a member already.
  func addMember(_ person: PersonID, to group: GroupID) async throws(Failure)
  /// Does nothing when there is no such member.
  func removeMember(_ member: MemberID, from group: GroupID) async throws(Failure)

  /// Makes a site with country, language and time zone of another one, unless it is there by now. The next catalogue has it.
  func createSite(named name: String, like model: String) async throws(Failure)

  /// Sites, roles and device names, kept for some minutes; `refreshing` reads them anew.
  func catalogue(refreshing: Bool) async throws(Failure) -> Catalogue
}

/// What the xMatters instance is configured with, for names to be resolved by.
package struct Catalogue: Hashable, Sendable {
  /// Site ids by name.
  package var sites: [String: String]
  package var roles: Set<String>
  /// Device types by device name.
  package var devices: [String: DeviceKind]

  package init(sites: [String: String], roles: Set<String>, devices: [String: DeviceKind]) {
    self.sites = sites
    self.roles = roles
    self.devices = devices
  }

  /// The id of a site given by name (letter case ignored when there is no exact one) or by id.
  package func siteID(_ nameOrID: String) -> String? {
    if let id = sites[nameOrID] { return id }
    if sites.values.contains(nameOrID.lowercased()) { return nameOrID.lowercased() }
    if sites.values.contains(nameOrID) { return nameOrID }
    return sites.first { $0.key.lowercased() == nameOrID.lowercased() }?.value
  }
}
