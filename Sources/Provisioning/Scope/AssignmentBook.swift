/// The assignments of the application and the members of its assigned groups, as last read to the end. Pure: reads are handed in,
/// each with the number of its start, so that an answer that was overtaken by a later one is dropped.
///
/// A read is no snapshot: whoever moves from one assignment to another while it goes on may be missed at both. So nobody loses a role
/// before two complete reads, the second begun after the first had ended, agree on it.
package struct AssignmentBook: Sendable {
  private let kind: ScopeKind
  private let includesDefaultAccess: Bool
  private var application: Application?
  /// The roles that users are assigned themselves.
  private var ownRoles: [ObjectID: Set<ObjectID>] = [:]
  private var groupAssignments: [Assignment] = []
  /// As they were last read: most reads bring nothing new, and are not worked through.
  private var assignments: [Assignment] = []
  private var assignmentsRead = 0
  private var members: [ObjectID: (users: Set<ObjectID>, read: Int)] = [:]
  private var rolesByUser: [ObjectID: Set<ObjectID>] = [:]
  private var rolesByGroup: [ObjectID: Set<ObjectID>] = [:]
  /// Roles that one read has missed, each with the number of reads that had begun when that one ended. Their users keep them.
  private var losses: [ObjectID: [ObjectID: Int]] = [:]
  /// Those who were assigned when a former process looked at them; asked at the first read only.
  private var expected: Set<ObjectID> = []
  /// Some of them were missing in the first read, which had ended when so many reads had begun.
  private var firstReadEnded: Int?

  package init(kind: ScopeKind = .assigned, includesDefaultAccess: Bool) {
    self.kind = kind
    self.includesDefaultAccess = includesDefaultAccess
  }

  /// False until a complete list has been taken in; nothing may be concluded before.
  package var isComplete: Bool { application != nil && firstReadEnded == nil }

  /// Whether somebody seems to have lost a role, and another complete read is to tell whether it is so.
  package var needsConfirmation: Bool { firstReadEnded != nil || !losses.isEmpty }

  /// To be called before the first read: it is confirmed by a second one unless it has all of these users.
  package mutating func expect(_ users: Set<ObjectID>) {
    if application == nil, kind == .assigned { expected = users }
  }

  package var groups: Set<ObjectID> { Set(groupAssignments.lazy.map(\.principal)) }

  /// The groups whose assignment counts, Default Access left out unless configured.
  package var entitledGroups: Set<ObjectID> {
    Set(rolesByGroup.lazy.filter { counts($0.value) }.map(\.key))
  }

  /// What the assignments say about a group as an object of its own; `scope: all` is about users alone.
  package func entitlement(ofGroup group: ObjectID) -> Entitlement {
    guard let ids = rolesByGroup[group] else { return .notAssigned }
    return counts(ids) ? .assigned(roles(ids)) : .defaultAccessOnly
  }

  /// Everybody who is assigned, Default Access left out unless configured.
  package var users: some Collection<ObjectID> {
    rolesByUser.lazy.filter { counts($0.value) }.map(\.key)
  }

  /// Whoever an assignment reaches, those with nothing but Default Access included.
  var everybody: some Collection<ObjectID> { rolesByUser.keys }

  package func knowsMembers(of group: ObjectID) -> Bool { members[group] != nil }

  /// Whether the user is in scope as far as assignments decide it.
  package func isAssigned(_ user: ObjectID) -> Bool {
    kind == .all || rolesByUser[user].map(counts) ?? false
  }

  package func entitlement(of user: ObjectID) -> Entitlement {
    let ids = rolesByUser[user] ?? []
    if isAssigned(user) { return .assigned(roles(ids)) }
    return ids.isEmpty ? .notAssigned : .defaultAccessOnly
  }

  private func roles(_ ids: Set<ObjectID>) -> [AppRole] {
    application?.roles.filter { ids.contains($0.id) } ?? []
  }

  /// Every assignment that reaches the user: its own first, then those of groups by their ids; roles in the application's order.
  package func grounds(of user: ObjectID) -> [Ground] {
    guard rolesByUser[user] != nil else { return [] }
    let own = ownRoles[user, default: []].map { Assignment(principal: user, principalKind: .user, role: $0) }
    return grounds(own + groupAssignments.filter { members[$0.principal]?.users.contains(user) == true })
  }

  /// Its own assignments, in the order of the application's roles.
  func grounds(ofGroup group: ObjectID) -> [Ground] {
    grounds(groupAssignments.filter { $0.principal == group })
  }

  private func grounds(_ assignments: [Assignment]) -> [Ground] {
    let order = application?.roles.map(\.id) ?? []
    let rank = { (assignment: Assignment) in
      (
        assignment.principalKind == .user ? 0 : 1, assignment.principal,
        order.firstIndex(of: assignment.role) ?? order.count
      )
    }
    return assignments.sorted { rank($0) < rank($1) }.map { assignment in
      let role =
        assignment.role == AppRole.defaultAccess
        ? "Default Access" : application?.role(assignment.role)?.displayName ?? assignment.role.rawValue
      return Ground(principal: assignment.principal, principalKind: assignment.principalKind, role: role)
    }
  }

  /// Takes in a complete assignment list together with the members of the groups that were read for it.
  /// - Parameter read: Its number, and how many reads had begun when it ended.
  /// - Returns: The users whose entitlement differs from before.
  package mutating func update(
    application: Application, assignments: [Assignment], members newMembers: [ObjectID: Set<ObjectID>],
    read: (number: Int, ended: Int)
  ) -> Set<ObjectID> {
    guard read.number > assignmentsRead else { return [] }
    assignmentsRead = read.number
    self.application = application
    let isSame =
      assignments == self.assignments && newMembers.allSatisfy { members[$0.key]?.users == $0.value }
    if isSame, !needsConfirmation, expected.isEmpty {
      for (group, users) in newMembers { take(users, of: group, read: read.number) }
      return []
    }
    self.assignments = assignments
    ownRoles = [:]
    for assignment in assignments where assignment.principalKind == .user {
      ownRoles[assignment.principal, default: []].insert(assignment.role)
    }
    groupAssignments = assignments.filter { $0.principalKind == .group }
    rolesByGroup = Dictionary(grouping: groupAssignments, by: \.principal).mapValues { Set($0.map(\.role)) }
    let groups = self.groups
    members = members.filter { groups.contains($0.key) }
    for (group, users) in newMembers where groups.contains(group) {
      take(users, of: group, read: read.number)
    }
    let isComplete = groups.isSubset(of: newMembers.keys)
    if isComplete, let ended = firstReadEnded, read.number > ended { firstReadEnded = nil }
    let changed = rebuild(read, isComplete: isComplete)
    if expected.contains(where: { rolesByUser[$0] == nil }) { firstReadEnded = read.ended }
    expected = []
    return changed
  }

  /// Takes in the complete members of one group; nothing happens when it is not assigned.
  package mutating func update(
    membersOf group: ObjectID, users: Set<ObjectID>, read: (number: Int, ended: Int)
  ) -> Set<ObjectID> {
    guard members[group] != nil else { return [] }
    take(users, of: group, read: read.number)
    return rebuild(read, isComplete: false)
  }

  private mutating func take(_ users: Set<ObjectID>, of group: ObjectID, read: Int) {
    if let known = members[group], known.read > read { return }
    members[group] = (users, read)
  }

  private mutating func rebuild(_ read: (number: Int, ended: Int), isComplete: Bool) -> Set<ObjectID> {
    var rebuilt = ownRoles
    for assignment in groupAssignments {
      for user in members[assignment.principal]?.users ?? [] {
        rebuilt[user, default: []].insert(assignment.role)
      }
    }
    let before = rolesByUser
    var unconfirmed: [ObjectID: [ObjectID: Int]] = [:]
    for (user, roles) in before where rebuilt[user] != roles {
      for role in roles.subtracting(rebuilt[user] ?? []) {
        let seen = losses[user]?[role]
        if isComplete, let seen, read.number > seen { continue }
        unconfirmed[user, default: [:]][role] = seen ?? read.ended
      }
    }
    for (user, roles) in unconfirmed { rebuilt[user, default: []].formUnion(roles.keys) }
    losses = unconfirmed
    rolesByUser = rebuilt
    let changed = rebuilt.filter { before[$0.key] != $0.value }.keys
    return Set(changed).union(before.keys.filter { rebuilt[$0] == nil })
  }

  private func counts(_ roles: Set<ObjectID>) -> Bool {
    includesDefaultAccess || roles.contains { $0 != AppRole.defaultAccess }
  }
}
