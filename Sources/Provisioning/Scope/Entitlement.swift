/// What the assignments say about one user.
package enum Entitlement: Hashable, Sendable {
  /// Assigned, directly or through a group; the app roles in the application's order.
  case assigned([AppRole])
  /// Assigned only with Default Access, which does not count unless configured.
  case defaultAccessOnly
  case notAssigned

  package var isAssigned: Bool {
    if case .assigned = self { true } else { false }
  }
}

/// The assignments of the application and the members of its assigned groups, as last read to the end. Pure: reads are handed in,
/// each with the number of its start, so that an answer that was overtaken by a later one is dropped.
package struct AssignmentBook: Sendable {
  private let includesDefaultAccess: Bool
  private var application: Application?
  private var assignments: [Assignment] = []
  private var assignmentsRead = 0
  private var members: [ObjectID: (users: Set<ObjectID>, read: Int)] = [:]
  private var rolesByUser: [ObjectID: Set<ObjectID>] = [:]

  package init(includesDefaultAccess: Bool) {
    self.includesDefaultAccess = includesDefaultAccess
  }

  /// False until a complete list has been taken in; nothing may be concluded before.
  package var isComplete: Bool { application != nil }

  package var groups: Set<ObjectID> {
    Set(assignments.lazy.filter { $0.principalKind == .group }.map(\.principal))
  }

  /// Everybody who is assigned, Default Access left out unless configured.
  package var users: some Collection<ObjectID> {
    rolesByUser.lazy.filter { counts($0.value) }.map(\.key)
  }

  package func isAssigned(_ user: ObjectID) -> Bool {
    rolesByUser[user].map(counts) ?? false
  }

  package func entitlement(of user: ObjectID) -> Entitlement {
    guard let ids = rolesByUser[user] else { return .notAssigned }
    guard counts(ids) else { return .defaultAccessOnly }
    return .assigned(application?.roles.filter { ids.contains($0.id) } ?? [])
  }

  /// Those with nothing but Default Access included.
  var everybody: some Collection<ObjectID> { rolesByUser.keys }

  /// Takes in a complete assignment list together with the members of the groups that were read for it.
  /// - Returns: The users whose entitlement differs from before.
  package mutating func update(
    application: Application, assignments: [Assignment], members newMembers: [ObjectID: Set<ObjectID>], read: Int
  ) -> Set<ObjectID> {
    guard read > assignmentsRead else { return [] }
    assignmentsRead = read
    self.application = application
    self.assignments = assignments
    let groups = self.groups
    members = members.filter { groups.contains($0.key) }
    for (group, users) in newMembers where groups.contains(group) {
      take(users, of: group, read: read)
    }
    return rebuild()
  }

  /// Takes in the complete members of one group; nothing happens when it is not assigned.
  package mutating func update(membersOf group: ObjectID, users: Set<ObjectID>, read: Int) -> Set<ObjectID> {
    guard members[group] != nil else { return [] }
    take(users, of: group, read: read)
    return rebuild()
  }

  private mutating func take(_ users: Set<ObjectID>, of group: ObjectID, read: Int) {
    if let known = members[group], known.read > read { return }
    members[group] = (users, read)
  }

  private mutating func rebuild() -> Set<ObjectID> {
    var rebuilt: [ObjectID: Set<ObjectID>] = [:]
    for assignment in assignments {
      switch assignment.principalKind {
      case .user:
        rebuilt[assignment.principal, default: []].insert(assignment.role)
      case .group:
        for user in members[assignment.principal]?.users ?? [] {
          rebuilt[user, default: []].insert(assignment.role)
        }
      }
    }
    let before = rolesByUser
    rolesByUser = rebuilt
    let changed = rebuilt.filter { before[$0.key] != $0.value }.keys
    return Set(changed).union(before.keys.filter { rebuilt[$0] == nil })
  }

  private func counts(_ roles: Set<ObjectID>) -> Bool {
    includesDefaultAccess || roles.contains { $0 != AppRole.defaultAccess }
  }
}
