package import ProvisioningModel
import ProvisioningRules

/// One attribute or device of a person on both sides.
package struct AttributeComparison: Hashable, Sendable {
  package var attribute: String
  /// What the mappings make of the user now; nil for no value.
  package var directory: String?
  /// What xMatters has now.
  package var xMatters: String?
  /// Whether a run would write it.
  package var differs: Bool

  package init(attribute: String, directory: String?, xMatters: String?, differs: Bool) {
    self.attribute = attribute
    self.directory = directory
    self.xMatters = xMatters
    self.differs = differs
  }
}

extension Provisioner {
  /// Reads both sides now, and writes nothing.
  /// - Returns: Nil when the directory has no such user.
  /// - Throws: When a side cannot be read, or the mappings make no person of the user.
  package func compare(_ user: ObjectID) async throws(Failure) -> [AttributeComparison]? {
    guard case .present(let found) = try await directory.user(user) else { return nil }
    let standing = try await scope.standing(of: user)
    guard let source = SourceAttributes(.present(found), standing.entitlement) else { return nil }
    let link = try await state.link(user)
    let catalogue = try await target.catalogue(refreshing: false)
    var surroundings = DesiredPersonBuilder.Surroundings(
      catalogue: catalogue, supervisor: nil, now: clock.now, isLinked: link != nil)
    if let manager = found.manager { surroundings.supervisor = try await state.link(manager)?.personID }
    let desired = try DesiredPersonBuilder.desired(source, policy: policy.mapping, surroundings: surroundings)
    let person: Person? = if let link { try await target.person(link.personID) } else { nil }
    return Self.compare(desired, person, sites: catalogue.sites, redacted: policy.mapping.redacted)
  }

  private static func compare(
    _ desired: DesiredPerson, _ person: Person?, sites: [String: String], redacted: Set<TargetAttribute>
  ) -> [AttributeComparison] {
    let wanted = desired.asNew
    let changes = person.map { PersonChanges.between($0, and: desired) } ?? .creation(of: desired)
    let changed = Set(changes.modifiedProperties(from: person, redacting: []).map(\.name))
    var rows: [AttributeComparison] = []
    func add(_ attribute: TargetAttribute, _ directory: String?, _ xMatters: String?) {
      let hides = redacted.contains(attribute)
      let name = attribute.description
      rows.append(
        AttributeComparison(
          attribute: name, directory: hides ? directory.map { _ in Redaction.mark } : directory,
          xMatters: hides ? xMatters.map { _ in Redaction.mark } : xMatters,
          differs: changed.contains { $0 == name || $0.hasPrefix(name + ".") }))
    }
    func shown(_ value: TargetValue?, _ attribute: TargetAttribute) -> String? {
      guard attribute == .site, let id = value?.text else { return value?.logText }
      return sites.first { $0.value == id }?.key ?? id
    }
    for attribute in Set(wanted.maintained.keys).union(desired.maintained.keys) {
      add(attribute, shown(wanted.maintained[attribute], attribute), shown(person?.attributes[attribute], attribute))
    }
    for (name, device) in wanted.devices {
      add(.device(name), device.address, person?.devices.first { $0.name == name }?.address)
    }
    return rows.sorted { $0.attribute < $1.attribute }
  }
}
