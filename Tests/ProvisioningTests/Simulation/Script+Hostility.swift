import ProvisioningModel
import Reconciler
import TestSupport

// Operators' hands, a clock that is set, names of others, groups inside of groups.

extension Script {
  mutating func beHostile() {
    switch Int.random(in: 0..<7, using: &random) {
    case 0: setClock()
    case 1: refuseSupervisor()
    case 2, 3: setStatus()
    case 4: takeOutMember()
    case 5: takeServiceAccountsName()
    default: nest()
    }
  }

  /// Ahead or back, by minutes or by more than a year; the next time it is put right.
  private mutating func setClock() {
    let error = simulation.wall.now - simulation.truth.now
    let step: Duration =
      error == .zero
      ? [.seconds(300), .seconds(7200), .seconds(86_400 * 400), .seconds(-7200), .seconds(-86_400 * 40)]
        .randomElement(using: &random) ?? .zero
      : .zero - error
    simulation.wall.advance(by: step)
    note("the clock is set by \(step)")
  }

  private mutating func refuseSupervisor() {
    guard let person = sortedOurs.randomElement(using: &random) else { return }
    simulation.target.refuse(supervisor: person.id)
    note("\(person.id) may not supervise any more")
  }

  private mutating func setStatus() {
    // Whoever left the scope is not managed any more.
    let links = simulation.state.allLinks.values.filter { $0.condition != .released }
    let managed = Set(links.map(\.personID))
    let people = sortedOurs.filter { managed.contains($0.id) }
    guard let person = people.randomElement(using: &random) else { return }
    let isActive = person.attributes[.status] == PersonStatus.active
    simulation.target.change(person.id) {
      $0.attributes[.status] = isActive ? PersonStatus.inactive : PersonStatus.active
    }
    note("by hand: \(person.id) \(isActive ? "inactive" : "active")")
  }

  /// What stands in the way of people for good ends.
  mutating func undoHands() {
    simulation.target.acceptSupervisors()
    simulation.wall.advance(by: simulation.truth.now - simulation.wall.now)
  }

  private mutating func takeOutMember() {
    let groups = simulation.target.groups.keys.sorted { $0.rawValue < $1.rawValue }
    guard let group = groups.randomElement(using: &random) else { return }
    let members = simulation.target.members(known: group).filter { !$0.rawValue.hasPrefix("hand-made") }.sorted()
    guard let member = members.randomElement(using: &random) else { return }
    simulation.target.changeMembers(of: group) { $0.remove(member) }
    note("by hand: \(member) out of \(group)")
  }

  private mutating func takeServiceAccountsName() {
    guard let name = simulation.options.policy.serviceAccount,
      let id = simulation.directory.users.keys.sorted().randomElement(using: &random)
    else { return }
    let isTaken = simulation.directory.users.values.contains { $0.attributes["userPrincipalName"]?.text == name }
    simulation.directory.change(id) {
      $0.attributes["userPrincipalName"] = .text(isTaken ? "renamed\(number())@example.org" : name)
    }
    notify(.user, id, "the service account's name:")
  }

  /// A group stands inside of an assigned one, or does not any more.
  private mutating func nest() {
    guard simulation.options.nestedGroups, let members = simulation.directory.groups[groups[0]] else { return }
    let isInside = members.contains(innerGroup)
    simulation.directory.setMembers(
      of: groups[0], isInside ? members.subtracting([innerGroup]) : members.union([innerGroup]))
    notify(.group, groups[0], isInside ? "the inner group leaves" : "the inner group comes into")
  }

  private var sortedOurs: [Person] { ours.sorted { $0.id.rawValue < $1.id.rawValue } }

  /// Those in a group of xMatters who are not in the directory's.
  mutating func noteUncertain() {
    guard isRecovering else { return }
    for group in groups {
      guard let found = simulation.target.groups(withKey: simulation.prefix + group.rawValue).first else { continue }
      let members = simulation.directory.groups[group] ?? []
      for person in ours where simulation.target.members(known: found.id).contains(MemberID(person.id)) {
        let user = (1...lastUser).first { person.externalKey == simulation.prefix + ObjectID.sample($0).rawValue }
        if let user, !members.contains(.sample(user)) { uncertain[group, default: []].insert(.sample(user)) }
      }
    }
  }
}
