import ProvisioningModel
import TestSupport

/// Makes a tenant in which both sides agree, then lets things happen on both that the job is not told of. All drawn from a seed.
struct RandomTenant {
  let rig: JobRig
  private var random: SeededGenerator
  private let users: ClosedRange<Int>
  private var lastName = 0

  private static let group = ObjectID.sample(500)
  private static let roles = [ObjectID.sample(901), .sample(902), .sample(903)]

  init(seed: UInt64, rig: JobRig) {
    self.rig = rig
    random = SeededGenerator(seed: seed)
    users = 1...Int.random(in: 3...12, using: &random)
  }

  /// Some of the users, half of them through a group; managers among them, and some who are no users at all.
  mutating func populate() {
    rig.target.put([.targetName: .text("stranger")])
    rig.directory.assign(Self.group, .group, role: Self.roles[1])
    for number in users where chance(0.8) { hire(number) }
    for number in users where chance(0.2) {
      rig.target.put([.targetName: .text("USER\(number)@example.org"), .firstName: .text("Ada")])
    }
  }

  mutating func happen() {
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      let number = users.randomElement(using: &random) ?? 1
      let user = ObjectID.sample(number)
      switch Int.random(in: 0..<16, using: &random) {
      case 0, 1: hire(number)
      case 2: change(user) { user, name in user.attributes["surname"] = .text(name) }
      case 3: change(user) { user, name in user.attributes["mail"] = .text("\(name)@mail.example.org") }
      case 4: change(user) { user, name in user.attributes["userPrincipalName"] = .text("\(name)@example.org") }
      case 5: change(user) { user, _ in user.attributes["mobilePhone"] = nil }
      case 6: change(user) { user, _ in user.accountEnabled.toggle() }
      case 7:
        let manager = users.randomElement(using: &random).map { ObjectID.sample($0) }
        change(user) { user, _ in user.manager = manager == user.id ? nil : manager }
      case 8: rig.directory.unassign(user)
      case 9: rig.directory.softDelete(user)
      case 10: rig.directory.restore(user)
      case 11: rig.directory.hardDelete(user)
      case 12: leaveOrJoin(user)
      case 13: byHand(user) { person in person.attributes[.lastName] = .text("Scribble") }
      case 14: if let id = person(user) { rig.target.remove(id) }
      default: if chance(0.3) { rig.state.lose() } else { byHand(user) { $0.devices.removeAll() } }
      }
    }
  }

  private mutating func hire(_ number: Int) {
    let manager = chance(0.5) ? users.randomElement(using: &random) : nil
    guard rig.directory.user(known: .sample(number)) == nil else { return }
    rig.directory.put(.sample(number, enabled: chance(0.9), manager: manager == number ? nil : manager))
    if chance(0.7) {
      rig.directory.assign(.sample(number), role: Self.roles.randomElement(using: &random) ?? Self.roles[0])
    } else {
      leaveOrJoin(.sample(number))
    }
  }

  private mutating func change(_ id: ObjectID, _ body: (inout DirectoryUser, String) -> Void) {
    lastName += 1
    let name = "name\(lastName)"
    rig.directory.change(id) { body(&$0, name) }
  }

  private func leaveOrJoin(_ id: ObjectID) {
    rig.directory.setMembers(of: Self.group, (rig.directory.groups[Self.group] ?? []).symmetricDifference([id]))
  }

  private func byHand(_ user: ObjectID, _ body: (inout Person) -> Void) {
    if let id = person(user) { rig.target.change(id, body) }
  }

  private func person(_ user: ObjectID) -> PersonID? {
    rig.target.people(withKey: "entra:" + user.rawValue).first?.id
  }

  private mutating func chance(_ share: Double) -> Bool {
    Double.random(in: 0..<1, using: &random) < share
  }
}
