import ProvisioningModel
import TestSupport

// What no day of an ordinary tenant is like.

extension Script {
  mutating func byHand() {
    guard weather.otherHands else { return }
    let ours = simulation.target.people.values.filter { $0.externalKey?.hasPrefix("entra:") == true }
    guard let id = ours.map(\.id).sorted(by: { $0.rawValue < $1.rawValue }).randomElement(using: &random) else {
      return
    }
    if chance(0.3) {
      simulation.target.remove(id)
      note("by hand: remove \(id)")
    } else {
      simulation.target.change(id) { $0.attributes[.firstName] = .text("Scribble") }
      note("by hand: edit \(id)")
    }
  }

  mutating func trouble() {
    guard weather.troubles, let trouble = Climate.Trouble.allCases.randomElement(using: &random),
      let side = Climate.Side.allCases.randomElement(using: &random)
    else { return }
    let minutes = chance(0.7) ? Int.random(in: 1...30, using: &random) : Int.random(in: 30...240, using: &random)
    climate.begin(trouble, at: side, for: .seconds(60 * minutes))
    note("\(trouble) of the \(side) for \(minutes) minutes")
  }

  mutating func poison(_ id: ObjectID?) {
    guard weather.poison, let id else { return }
    let isEnding = simulation.target.poisoned.contains("entra:" + id.rawValue)
    simulation.target.refuse("entra:" + id.rawValue, with: isEnding ? nil : .badRequest)
    note("poison \(id)\(isEnding ? " ends" : "")")
  }

  /// One of: everybody loses the assignment, the list of assignments reads empty, a group reads empty; or what was lost comes back, or an
  /// operator lets the held removals through.
  mutating func massLeaving() {
    guard weather.massLeaving else { return }
    if !lost.isEmpty, chance(0.7) { return mend() }
    if simulation.heldRemovals > 0, chance(0.7) {
      simulation.releaseHeld()
      return note("held removals are released")
    }
    if chance(0.4) {
      let members = simulation.directory.groups[groups[0]] ?? []
      lost += members.map { ($0, .group, groups[0]) }
      simulation.directory.setMembers(of: groups[0], [])
      notify(.group, groups[0], "the group reads empty:")
    } else {
      lost += simulation.directory.assignments.map { ($0.principal, $0.principalKind, $0.role) }
      for assignment in simulation.directory.assignments { simulation.directory.unassign(assignment.principal) }
      note("the list of assignments reads empty")
      if chance(0.5) { notify(.user, .sample(1), "something about") }
    }
  }

  /// The mistake is mended.
  mutating func mend() {
    for (principal, kind, role) in lost {
      if kind == .group, role == groups[0], principal != role {
        simulation.directory.setMembers(
          of: groups[0], simulation.directory.groups[groups[0]]?.union([principal]) ?? [principal])
      } else {
        simulation.directory.assign(principal, kind, role: role)
      }
    }
    lost = []
    notify(.group, groups[0], "what was lost is back, also in")
  }

  // MARK: Once it is calm

  /// What is lost comes back, or is let go for good.
  mutating func decideOnHeld() {
    if chance(0.5) { mend() }
    look()
    simulation.releaseHeld()
  }

  /// Changes the mail address of a user who is provisioned, and tells.
  mutating func changeSomebody() -> DirectoryUser? {
    let state = simulation.state
    let candidates = simulation.directory.users.values.filter { user in
      simulation.rolesInScope(user) != nil && state.allEscrows[user.id] == nil && state.allHeld[user.id] == nil
        && state.allLinks[user.id]?.condition == .active
        && !simulation.target.poisoned.contains("entra:" + user.id.rawValue)
    }
    guard !weather.otherHands, var user = candidates.min(by: { $0.id < $1.id }) else { return nil }
    user.attributes["mail"] = .text("changed\(number())@example.org")
    simulation.directory.put(user)
    simulation.notify([(.user, user.id)])
    return user
  }
}
