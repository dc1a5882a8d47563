import Reconciler
import ProvisioningModel
import TestSupport

extension Invariants {
  /// What is wrong with groups when everything has come to rest, in words.
  func groupViolations(handMade: [(group: GroupID, member: MemberID)], hasLostState: Bool) -> [String] {
    guard simulation.options.policy.groups != nil else { return [] }
    var found: [String] = []
    for (group, member) in handMade where !simulation.target.members(known: group).contains(member) {
      found.append("\(member), who was added to \(group) by hand, was taken out")
    }
    for id in simulation.directory.groups.keys.sorted() {
      found += violations(ofGroup: id, Set(handMade.map(\.member)), hasLostState)
    }
    return found
  }

  private func violations(ofGroup id: ObjectID, _ handMade: Set<MemberID>, _ hasLostState: Bool) -> [String] {
    let groups = simulation.target.groups(withKey: key(of: id))
    guard groups.count < 2 else { return ["\(id) has \(groups.count) groups"] }
    guard simulation.directory.assignedRole(of: id) != nil else {
      if isOrphan(id), simulation.directory.groups[id] == nil { return [] }
      return groups.first?.attributes[.status] == GroupStatus.active ? ["group \(id) left but is active"] : []
    }
    guard let group = groups.first else {
      return ["group \(id) is missing: \(String(describing: simulation.state.allEscrows[id]?.failure))"]
    }
    var found: [String] = []
    if group.name != simulation.directory.name(ofGroup: id) { found.append("group \(id) has another name") }
    if group.attributes[.status] != GroupStatus.active { found.append("group \(id) is not active") }
    let members = simulation.target.members(known: group.id).subtracting(handMade)
    let users = (simulation.directory.groups[id] ?? []).compactMap(simulation.directory.user(known:))
    let wanted = Set(users.filter(\.accountEnabled).flatMap(people))
    let allowed = wanted.union(users.flatMap(people))
    for person in wanted.subtracting(members) { found.append("\(person) is missing in group \(id)") }
    // Members of unknown origin are not taken out.
    if !hasLostState {
      for person in members.subtracting(allowed) { found.append("\(person) is still in group \(id)") }
    }
    return found
  }

  private func people(of user: DirectoryUser) -> [MemberID] {
    simulation.target.people(withKey: key(of: user.id)).map { MemberID($0.id) }
  }
}
