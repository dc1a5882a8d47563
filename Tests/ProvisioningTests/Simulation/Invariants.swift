import ProvisioningModel
import TestSupport
import Testing

/// What has to hold when everything has come to rest.
struct Invariants {
  let simulation: Simulation
  /// People who are none of Rollcall's business, as they were at the start.
  let strangers: [PersonID: Person]

  /// What may still be open while time passes.
  enum Leniency {
    /// Removals that wait for a person. Objects whose next attempt is still to come.
    case beforeDecisions
    case none
  }

  /// Everything that is wrong, in words.
  func violations(_ leniency: Leniency = .none) -> [String] {
    var found: [String] = []
    for (id, person) in strangers where simulation.target.person(known: id) != person {
      found.append("\(id), who is not managed, was touched")
    }
    found += simulation.target.overlaps.map { "not one after the other: \($0)" }
    let users = Set(simulation.directory.users.keys).union(simulation.target.people.values.compactMap(user))
    for id in users.sorted() {
      found += violations(of: id, leniency)
    }
    return found
  }

  private func violations(of id: ObjectID, _ leniency: Leniency) -> [String] {
    let people = simulation.target.people(withKey: key(of: id))
    guard people.count < 2 else { return ["\(id) has \(people.count) people"] }
    guard let user = simulation.directory.user(known: id), let roles = simulation.rolesInScope(user) else {
      if leniency == .beforeDecisions, isOpen(id) { return [] }
      // Gone before the state was lost: nothing proves that the person was this directory's.
      if isOrphan(id), simulation.directory.user(known: id) == nil { return [] }
      return people.first?.attributes[.status] == PersonStatus.active ? ["\(id) left but is active"] : []
    }
    if leniency == .beforeDecisions, isOpen(id) { return [] }
    guard let person = people.first else {
      if waitsForName(user) { return [] }
      return ["\(id) is in scope but has no person: \(String(describing: simulation.state.allEscrows[id]?.failure))"]
    }
    var found: [String] = []
    for (attribute, value) in expected(user, roles) where !isEqual(person.attributes[attribute], value) {
      found.append("\(id): \(attribute) is \(String(describing: person.attributes[attribute])), not \(value)")
    }
    if person.devices.first(where: { $0.name == "Work Email" })?.address != user.attributes["mail"]?.text {
      found.append("\(id): the mail address differs")
    }
    if let escrow = simulation.state.allEscrows[id] { found.append("\(id): still failing: \(escrow.failure.reason)") }
    return found
  }

  /// Roles have no order.
  private func isEqual(_ value: TargetValue?, _ expected: TargetValue) -> Bool {
    value == expected || value?.list.map { Set($0) } == expected.list.map { Set($0) } && expected.list != nil
  }

  /// The name is that of a person who serves another human.
  func waitsForName(_ user: DirectoryUser) -> Bool {
    guard simulation.state.allEscrows[user.id]?.failure.code == .nameInUse else { return false }
    let name = user.attributes["userPrincipalName"]?.text?.lowercased()
    return simulation.target.people.values.contains { person in
      guard let holder = self.user(of: person), holder != user.id else { return false }
      return person.targetName?.lowercased() == name
    }
  }

  func isOrphan(_ id: ObjectID) -> Bool { simulation.state.allOrphans.contains { $0.objectID == id } }

  private func isOpen(_ id: ObjectID) -> Bool {
    if simulation.state.allHeld[id] != nil { return true }
    guard let escrow = simulation.state.allEscrows[id], let next = escrow.nextAttempt else { return false }
    // Due, it is taken along by the next cycle.
    return next + .seconds(1200) > simulation.wall.now
  }

  private func expected(_ user: DirectoryUser, _ roles: Set<ObjectID>) -> [TargetAttribute: TargetValue] {
    let name = user.attributes["userPrincipalName"]?.text ?? ""
    var expected: [TargetAttribute: TargetValue] = [
      .targetName: .text(name), .webLogin: .text(name), .status: PersonStatus.active,
      .firstName: .text(user.attributes["givenName"]?.text ?? ""),
      .lastName: .text(user.attributes["surname"]?.text ?? ""),
      .roles: .list(
        [(901, "Company Admin"), (902, "Group Supervisor")].filter { roles.contains(.sample($0.0)) }.map(\.1)),
    ]
    if expected[.roles] == .list([]) { expected[.roles] = .list(["Standard User"]) }
    if let manager = user.manager, manager != user.id,
      simulation.directory.user(known: manager).flatMap(simulation.rolesInScope) != nil,
      let person = simulation.target.people(withKey: key(of: manager)).first
    {
      expected[.supervisors] = .list([person.id.rawValue])
    }
    return expected
  }

  /// Who is there, for the reader of a failure.
  func portrait() -> String {
    let people = simulation.target.people.values.sorted { $0.id.rawValue < $1.id.rawValue }.map { person in
      "\(person.id) \(person.targetName ?? "") \(person.externalKey ?? "no key") \(person.attributes[.status]?.text ?? "")"
    }
    let links = simulation.state.allLinks.values.sorted { $0.objectID < $1.objectID }.map { link in
      "\(link.objectID) -> \(link.personID) \(link.condition)"
    }
    let entries = simulation.state.entries.suffix(60).map { entry in
      "\(entry.time) \(entry.action) of \(entry.objectID): \(entry.status) \(entry.steps.map(\.description))"
    }
    return (people + links + entries).joined(separator: "\n")
  }

  func key(of user: ObjectID) -> String { "entra:" + user.rawValue }

  private func user(of person: Person) -> ObjectID? {
    guard let key = person.externalKey, key.hasPrefix("entra:") else { return nil }
    return ObjectID(String(key.dropFirst(6)))
  }
}
