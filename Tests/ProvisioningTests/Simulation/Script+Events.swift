import Reconciler
import ProvisioningModel
import TestSupport

// What happens on any day of a tenant.

extension Script {
  mutating func happen() {
    let users = simulation.directory.users.keys.sorted()
    let free = users.filter { !loyal.contains($0) }
    if provisionsGroups, chance(0.25) { return happenToGroup() }
    switch Int.random(in: 0..<27, using: &random) {
    case 0, 1: hire()
    case 2, 3, 4:
      change(users.randomElement(using: &random), "attribute") { user, script in
        let attribute = ["surname", "mail", "givenName"].randomElement(using: &script.random) ?? "mail"
        user.attributes[attribute] = .text("\(attribute)\(script.number())@example.org")
      }
    case 5:
      change(users.randomElement(using: &random), "rename") { user, script in
        user.attributes["userPrincipalName"] = .text("renamed\(script.number())@example.org")
      }
    case 6, 7:
      change(users.randomElement(using: &random), "manager") { user, script in
        user.manager = users.randomElement(using: &script.random)
      }
    case 8, 9: change(free.randomElement(using: &random), "enabled") { user, _ in user.accountEnabled.toggle() }
    case 10, 11: unassign(free.randomElement(using: &random))
    case 12: assign(free.randomElement(using: &random))
    case 13: softDelete(free.randomElement(using: &random))
    case 14: restore()
    case 15: hardDelete()
    case 16: membership(free.randomElement(using: &random))
    case 17: secondGroup()
    case 18: changeRole(users.randomElement(using: &random))
    case 19: reuseName()
    case 20: infrastructure()
    case 21: byHand()
    case 22: trouble()
    case 23: poison(users.randomElement(using: &random))
    case 24, 25: move(users.randomElement(using: &random))
    default: massLeaving()
    }
  }

  mutating func hire() {
    lastUser += 1
    let manager = lastUser > 1 && chance(0.6) ? Int.random(in: 1...lastUser + 1, using: &random) : nil
    let user = DirectoryUser.sample(lastUser, manager: manager == lastUser ? nil : manager)
    simulation.directory.put(user)
    simulation.directory.assign(user.id, role: roles.randomElement(using: &random) ?? roles[0])
    if lastUser % 3 == 1 { loyal.insert(user.id) }
    notify(.user, user.id, "hire")
  }

  private mutating func change(
    _ id: ObjectID?, _ what: String, _ body: (inout DirectoryUser, inout Script) -> Void
  ) {
    guard let id, var user = simulation.directory.user(known: id) else { return }
    body(&user, &self)
    simulation.directory.put(user)
    notify(.user, id, what)
  }

  private mutating func unassign(_ id: ObjectID?) {
    guard let id else { return }
    simulation.directory.unassign(id)
    note("unassign \(id)")
  }

  private mutating func assign(_ id: ObjectID?) {
    guard let id else { return }
    simulation.directory.assign(id, role: roles.randomElement(using: &random) ?? roles[0])
    note("assign \(id)")
  }

  private mutating func changeRole(_ id: ObjectID?) {
    guard let id, let old = simulation.directory.assignedRole(of: id), let new = roles.randomElement(using: &random)
    else { return }
    simulation.directory.assign(id, role: new)
    if old != new { simulation.directory.unassign(id, role: old) }
    note("role \(id)")
  }

  private mutating func softDelete(_ id: ObjectID?) {
    guard let id else { return }
    simulation.directory.softDelete(id)
    notify(.user, id, "soft delete")
  }

  /// A user who came a short time ago.
  mutating func leaveAgain() {
    let newest = simulation.directory.users.keys.sorted().suffix(3).filter { !loyal.contains($0) }
    if Bool.random(using: &random) {
      unassign(newest.randomElement(using: &random))
    } else {
      softDelete(newest.randomElement(using: &random))
    }
  }

  private mutating func restore() {
    guard let id = simulation.directory.recycleBin.keys.sorted().randomElement(using: &random) else { return }
    let name = simulation.directory.recycleBin[id]?.attributes["userPrincipalName"]
    let isTaken = simulation.directory.users.values.contains { $0.attributes["userPrincipalName"] == name }
    simulation.directory.restore(id)
    if isTaken {
      simulation.directory.change(id) {
        $0.attributes["userPrincipalName"] = .text("restored\(number())@example.org")
      }
    }
    notify(.user, id, "restore")
  }

  private mutating func hardDelete() {
    guard let id = simulation.directory.recycleBin.keys.sorted().randomElement(using: &random) else { return }
    simulation.directory.hardDelete(id)
    notify(.user, id, "hard delete")
  }

  private mutating func membership(_ id: ObjectID?) {
    guard let id, let group = groups.randomElement(using: &random) else { return }
    if simulation.directory.groups[group]?.contains(id) == true {
      simulation.directory.setMembers(of: group, simulation.directory.groups[group]?.subtracting([id]) ?? [])
      notify(.group, group, "leave \(id)")
    } else {
      join(id, group)
    }
  }

  mutating func join(_ id: ObjectID, _ group: ObjectID) {
    simulation.directory.setMembers(of: group, simulation.directory.groups[group]?.union([id]) ?? [id])
    notify(.group, group, "join \(id)")
  }

  /// From an assignment of their own to one of a group, or back: out of scope at no time.
  private mutating func move(_ id: ObjectID?) {
    guard let id, let members = simulation.directory.groups[groups[0]],
      simulation.directory.assignments.contains(where: { $0.principal == groups[0] })
    else { return }
    if members.contains(id) {
      simulation.directory.assign(id, role: roles[0])
      simulation.directory.setMembers(of: groups[0], members.subtracting([id]))
      notify(.group, groups[0], "move out of the group \(id):")
    } else if simulation.directory.assignedRole(of: id) != nil {
      join(id, groups[0])
      simulation.directory.unassign(id)
      notify(.user, id, "move into the group")
    }
  }

  private mutating func secondGroup() {
    if Bool.random(using: &random) {
      simulation.directory.assign(groups[1], .group, role: roles[1])
      note("assign second group")
    } else {
      simulation.directory.unassign(groups[1])
      note("unassign second group")
    }
  }

  var provisionsGroups: Bool { simulation.options.policy.groups != nil }

  private mutating func happenToGroup() {
    guard let group = groups.randomElement(using: &random) else { return }
    if Bool.random(using: &random) {
      simulation.directory.describe(group: group, ["displayName": .text("Group \(number())")])
      notify(.group, group, "rename group")
    } else if let id = simulation.target.groups(withKey: "entra:" + group.rawValue).first?.id {
      let member = MemberID("hand-made-\(number())")
      simulation.target.changeMembers(of: id) { $0.insert(member) }
      handMade.append((id, member))
      note("by hand: \(member) into \(group)")
    }
  }

  /// A new user gets the name of one who left.
  private mutating func reuseName() {
    let held = Set(simulation.directory.users.values.map { $0.attributes["userPrincipalName"] })
    let left = simulation.directory.recycleBin.values.sorted { $0.id < $1.id }
      .compactMap { $0.attributes["userPrincipalName"] }.filter { !held.contains($0) }
    guard let name = left.randomElement(using: &random) else { return }
    hire()
    change(.sample(lastUser), "reuse name") { user, _ in user.attributes["userPrincipalName"] = name }
  }

  private mutating func infrastructure() {
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      simulation.directory.expireLinks()
      note("delta links expire")
    case 1:
      simulation.requestCycle()
      note("cycle requested")
    default:
      guard weather.losesState else { return }
      note("state lost")
      simulation.crash()
      simulation.state.lose()
      watch.countIsForgotten()
    }
  }
}
