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

  func createDevice(named name: String, kind: DeviceKind, address: String, owner: PersonID) async throws(Failure)
  func modifyDevice(_ device: Device, address: String) async throws(Failure)
  func deleteDevice(_ device: Device) async throws(Failure)

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
