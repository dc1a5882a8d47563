package import ProvisioningModel

/// The assignments of the application and the members of its assigned groups, as last read to the end. Pure: reads are handed in,
/// each with the number of its start, so that an answer that was overtaken by a later one is dropped.
///
/// A read is no snapshot, and a replica may lag: a user who moves from one assignment to another may be missed at both. So no user loses
/// a role before two complete reads agree whose requests began far enough apart (`ConfirmationPolicy.leave`).
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

  /// How many requests a read of the list takes.
  package var pages: Int { max(1, (assignments.count + Self.pageSize - 1) / Self.pageSize) }
  /// The most that the directory gives on a page.
  private static let pageSize = 999
  private var members: [ObjectID: (users: Set<ObjectID>, read: Int)] = [:]
  private var rolesByUser: [ObjectID: Set<ObjectID>] = [:]
  private var rolesByGroup: [ObjectID: Set<ObjectID>] = [:]
  /// Roles that a read has missed; their users keep them until that is confirmed.
  private var losses = Confirmation<Loss>()
  private var lost: [ObjectID: Set<ObjectID>] = [:]
  private var lostByGroups: [ObjectID: Set<ObjectID>] = [:]
  /// Users and groups that were assigned when a former process looked at them; asked at the first read only.
  private var expected: [ObjectID: ObjectKind] = [:]
  /// Those of them that no read has found yet: nothing is known of them until it is confirmed that they are gone.
  private var unresolved: [ObjectID: ObjectKind] = [:]
  private var confirmationDue: Duration?
  /// The first and the last complete read.
  private var complete: (first: Read, last: Read)?

  private struct Loss: Hashable {
    var object: ObjectID
    /// Nil stands for all that the object had in a former process.
    var role: ObjectID?
  }

  /// One complete read.
  package struct Read: Hashable, Sendable {
    /// Counts up with each read that begins.
    package var number: Int
    /// When its first request began (`Uptime`).
    package var began: Duration
    /// How far apart two reads have to begin that take a role away.
    package var distance: Duration

    package init(number: Int, began: Duration, distance: Duration) {
      self.number = number
      self.began = began
      self.distance = distance
    }
  }

  package init(kind: ScopeKind = .assigned, includesDefaultAccess: Bool) {
    self.kind = kind
    self.includesDefaultAccess = includesDefaultAccess
  }

  /// False until a complete list has been taken in; nothing may be concluded before.
  package var isComplete: Bool { application != nil }

  /// Whether a user seems to have lost a role, and another complete read is to tell whether it is so.
  package var needsConfirmation: Bool { !unresolved.isEmpty || !lost.isEmpty || !lostByGroups.isEmpty }

  /// When the read may begin that confirms the first of the losses (`Uptime`); nil when there are none.
  package var nextConfirmation: Duration? { needsConfirmation ? confirmationDue : nil }

  /// To be called before the first read: of these users and groups nothing is concluded while it is not confirmed that they are gone.
  package mutating func expect(users: Set<ObjectID>, groups: Set<ObjectID> = []) {
    guard application == nil else { return }
    for group in groups { expected[group] = .group }
    // With `scope: all` an assignment ends nothing but roles.
    for user in users where kind == .assigned { expected[user] = .user }
  }

  /// Users and groups that are linked, as a listing of xMatters says: of those that no read has found, nothing is concluded before two reads
  /// agree.
  package mutating func doubt(_ objects: some Sequence<ObjectID>, _ objectKind: ObjectKind) {
    guard let complete, objectKind == .group || kind == .assigned else { return }
    guard complete.last.began - complete.first.began < complete.last.distance else { return }
    for object in objects
    where rolesByUser[object] == nil && rolesByGroup[object] == nil && unresolved[object] == nil {
      if !isConfirmed(Loss(object: object, role: nil), complete.first, true) { unresolved[object] = objectKind }
    }
  }

  /// Whether a former process knew the user or group as assigned, and it is not confirmed yet that this has ended.
  package func isUnresolved(_ object: ObjectID) -> Bool { unresolved[object] != nil }

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

  /// All users that an assignment reaches, those with nothing but Default Access included.
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
  package func grounds(ofGroup group: ObjectID) -> [Ground] {
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
  /// - Returns: The users whose entitlement differs from before.
  package mutating func update(
    application: Application, assignments: [Assignment], members newMembers: [ObjectID: Set<ObjectID>],
    read: Read
  ) -> Set<ObjectID> {
    guard read.number > assignmentsRead else { return [] }
    assignmentsRead = read.number
    self.application = application
    let isSame =
      assignments == self.assignments && newMembers.allSatisfy { members[$0.key]?.users == $0.value }
    if isSame, !needsConfirmation, expected.isEmpty {
      for (group, users) in newMembers { take(users, of: group, read: read.number) }
      if groups.isSubset(of: newMembers.keys) { complete = (complete?.first ?? read, read) }
      return []
    }
    self.assignments = assignments
    ownRoles = [:]
    for assignment in assignments where assignment.principalKind == .user {
      ownRoles[assignment.principal, default: []].insert(assignment.role)
    }
    groupAssignments = assignments.filter { $0.principalKind == .group }
    confirmationDue = nil
    let assignedGroups = Dictionary(grouping: groupAssignments, by: \.principal).mapValues { Set($0.map(\.role)) }
    lostByGroups = unconfirmedLosses(
      from: rolesByGroup, to: assignedGroups, known: lostByGroups, read, isComplete: true)
    rolesByGroup = assignedGroups.merging(lostByGroups) { $0.union($1) }
    let groups = self.groups
    members = members.filter { groups.contains($0.key) }
    for (group, users) in newMembers where groups.contains(group) {
      take(users, of: group, read: read.number)
    }
    let isComplete = groups.isSubset(of: newMembers.keys)
    if isComplete { complete = (complete?.first ?? read, read) }
    let changed = rebuild(read, isComplete: isComplete)
    unresolved.merge(expected.filter { rolesByUser[$0.key] == nil && rolesByGroup[$0.key] == nil }) { $1 }
    expected = [:]
    return resolve(read, isComplete: isComplete).union(changed)
  }

  /// The list of assignments was read to its end, and members of groups are still to be read for it: what it shows is there, whatever becomes
  /// of the rest.
  package mutating func see(_ assignments: [Assignment]) {
    if losses.isEmpty { return }
    for assignment in assignments {
      for role in [assignment.role, nil] { losses.forget(Loss(object: assignment.principal, role: role)) }
    }
  }

  /// Takes in the complete members of one group; nothing happens when it is not assigned.
  package mutating func update(
    membersOf group: ObjectID, users: Set<ObjectID>, read: Read
  ) -> Set<ObjectID> {
    guard members[group] != nil else { return [] }
    take(users, of: group, read: read.number)
    let changed = rebuild(read, isComplete: false)
    return resolve(read, isComplete: false).union(changed)
  }

  private mutating func take(_ users: Set<ObjectID>, of group: ObjectID, read: Int) {
    if let known = members[group], known.read > read { return }
    members[group] = (users, read)
  }

  private mutating func rebuild(_ read: Read, isComplete: Bool) -> Set<ObjectID> {
    var rebuilt = ownRoles
    for assignment in groupAssignments {
      for user in members[assignment.principal]?.users ?? [] {
        rebuilt[user, default: []].insert(assignment.role)
      }
    }
    let before = rolesByUser
    lost = unconfirmedLosses(from: before, to: rebuilt, known: lost, read, isComplete: isComplete)
    rebuilt.merge(lost) { $0.union($1) }
    rolesByUser = rebuilt
    let changed = rebuilt.filter { before[$0.key] != $0.value }.keys
    return Set(changed).union(before.keys.filter { rebuilt[$0] == nil })
  }

  /// - Parameter known: The losses that waited for this read.
  /// - Returns: What was there before and is missing, as far as that is not confirmed.
  private mutating func unconfirmedLosses(
    from before: [ObjectID: Set<ObjectID>], to after: [ObjectID: Set<ObjectID>], known: [ObjectID: Set<ObjectID>],
    _ read: Read, isComplete: Bool
  ) -> [ObjectID: Set<ObjectID>] {
    for (object, roles) in known {
      for role in roles where after[object]?.contains(role) == true { losses.forget(Loss(object: object, role: role)) }
    }
    var unconfirmed: [ObjectID: Set<ObjectID>] = [:]
    for (object, roles) in before where after[object] != roles {
      for role in roles.subtracting(after[object] ?? [])
      where !isConfirmed(Loss(object: object, role: role), read, isComplete) {
        unconfirmed[object, default: []].insert(role)
      }
    }
    return unconfirmed
  }

  /// - Returns: The users who are gone for sure.
  private mutating func resolve(_ read: Read, isComplete: Bool) -> Set<ObjectID> {
    var gone: Set<ObjectID> = []
    for (object, kind) in unresolved {
      let loss = Loss(object: object, role: nil)
      if rolesByUser[object] != nil || rolesByGroup[object] != nil {
        losses.forget(loss)
        unresolved[object] = nil
      } else if isConfirmed(loss, read, isComplete) {
        unresolved[object] = nil
        if kind == .user { gone.insert(object) }
      }
    }
    return gone
  }

  /// A read that did not read every group is no look at all: a user that is missing may be assigned by now in another way.
  private mutating func isConfirmed(_ loss: Loss, _ read: Read, _ isComplete: Bool) -> Bool {
    let due: Duration
    if isComplete {
      switch losses.missed(loss, at: read.began, distance: read.distance) {
      case .confirmed:
        losses.forget(loss)
        return true
      case .lookAgain(let rest): due = read.began + rest
      }
    } else {
      due = losses.missedSince(loss).map { $0 + read.distance } ?? read.began
    }
    confirmationDue = min(confirmationDue ?? due, due)
    return false
  }

  private func counts(_ roles: Set<ObjectID>) -> Bool {
    includesDefaultAccess || roles.contains { $0 != AppRole.defaultAccess }
  }
}
