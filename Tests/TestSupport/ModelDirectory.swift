package import ProvisioningModel
import Synchronization

/// The port `Directory` in memory: users, a recycle bin, groups, assignments, and a stream of changes.
package final class ModelDirectory: Directory {
  /// What reads of a directory with replicas are answered from; each may be behind the others.
  package enum Relation: Hashable, Sendable, CaseIterable {
    case users, recycleBin, memberships, assignments, changes
  }

  /// A read that was answered.
  package enum Served: Sendable {
    case user(ObjectID, UserObservation)
    case users([ObjectID: DirectoryUser])
    case assignments([Assignment])
    case members(ObjectID, Set<ObjectID>)
    /// Objects that are called deleted for good.
    case deleted(Set<ObjectID>)
  }

  private struct World {
    var users: [ObjectID: DirectoryUser] = [:]
    var recycleBin: [ObjectID: DirectoryUser] = [:]
    var groups: [ObjectID: Set<ObjectID>] = [:]
    var groupAttributes: [ObjectID: [String: AttributeValue]] = [:]
    var deletedGroups: [ObjectID: Set<ObjectID>] = [:]
    var assignments: [Assignment] = []
    var changes: [(kind: ObjectKind, id: ObjectID, isDeletion: Bool)] = []
  }

  private struct Storage {
    var world = World()
    var application = Application.sample
    /// Links before this one are too old.
    var oldestLink = 0
    var replication: (uptime: Uptime, lag: @Sendable (Relation) -> Duration)?
    /// What the world was like since when, the newest last; kept while replicas lag.
    var past: [(since: Duration, world: World)] = []
    var onServe: (@Sendable (Served) -> Void)?

    /// What a replica shows of the relation now.
    func seen(_ relation: Relation) -> World {
      guard let replication else { return world }
      let time = replication.uptime.now - replication.lag(relation)
      return past.last { $0.since <= time }?.world ?? past.first?.world ?? world
    }
  }

  /// So long a replica may lag at most.
  private static let longestLag = Duration.seconds(3600)

  package let faults: Faults
  private let storage = Mutex(Storage())

  package init(faults: Faults = Faults()) {
    self.faults = faults
  }

  // MARK: What happens in the directory

  /// From now on a read shows what was there so long ago, drawn anew for each.
  package func replicate(_ uptime: Uptime, lag: @escaping @Sendable (Relation) -> Duration) {
    storage.withLock { storage in
      storage.replication = (uptime, lag)
      storage.past = [(uptime.now, storage.world)]
    }
  }

  /// Called with every answer that is given.
  package func onServe(_ body: (@Sendable (Served) -> Void)?) {
    storage.withLock { $0.onServe = body }
  }

  private func alter(_ body: (inout World) -> Void) {
    storage.withLock { storage in
      body(&storage.world)
      guard let now = storage.replication?.uptime.now else { return }
      storage.past.append((now, storage.world))
      while storage.past.count > 1, storage.past[1].since < now - Self.longestLag { storage.past.removeFirst() }
    }
  }

  /// Creates or changes a user.
  package func put(_ user: DirectoryUser) {
    alter { world in
      world.users[user.id] = user
      world.changes.append((.user, user.id, false))
    }
  }

  package func change(_ id: ObjectID, _ body: (inout DirectoryUser) -> Void) {
    guard var user = user(known: id) else { return }
    body(&user)
    put(user)
  }

  /// Moves a user to the recycle bin.
  package func softDelete(_ id: ObjectID) {
    alter { world in
      guard let user = world.users.removeValue(forKey: id) else { return }
      world.recycleBin[id] = user
      world.changes.append((.user, id, false))
    }
  }

  package func restore(_ id: ObjectID) {
    alter { world in
      guard let user = world.recycleBin.removeValue(forKey: id) else { return }
      world.users[id] = user
      world.changes.append((.user, id, false))
    }
  }

  /// Takes a user away for good, out of the recycle bin or directly, together with its assignments and memberships.
  package func hardDelete(_ id: ObjectID) {
    alter { world in
      world.users[id] = nil
      world.recycleBin[id] = nil
      world.assignments.removeAll { $0.principal == id }
      for group in world.groups.keys { world.groups[group]?.remove(id) }
      world.changes.append((.user, id, true))
    }
  }

  /// No change of a user or group comes of it: Graph reports none for assignments.
  package func assign(_ id: ObjectID, _ kind: ObjectKind = .user, role: ObjectID = .sample(901)) {
    alter { world in
      let assignment = Assignment(principal: id, principalKind: kind, role: role)
      if !world.assignments.contains(assignment) { world.assignments.append(assignment) }
    }
  }

  package func unassign(_ id: ObjectID) {
    alter { $0.assignments.removeAll { $0.principal == id } }
  }

  package func unassign(_ id: ObjectID, role: ObjectID) {
    alter { $0.assignments.removeAll { $0.principal == id && $0.role == role } }
  }

  package func setMembers(of group: ObjectID, _ members: Set<ObjectID>) {
    alter { world in
      world.groups[group] = members
      world.changes.append((.group, group, false))
    }
  }

  /// Names a group, or describes it otherwise; one that is not there yet is made.
  package func describe(group: ObjectID, _ attributes: [String: AttributeValue]) {
    alter { world in
      world.groups[group] = world.groups[group] ?? []
      world.groupAttributes[group] = attributes
      world.changes.append((.group, group, false))
    }
  }

  /// Takes a group away; its assignments stay only while it can be restored.
  package func delete(group: ObjectID, forGood: Bool) {
    alter { world in
      let members = world.groups.removeValue(forKey: group) ?? world.deletedGroups[group]
      world.deletedGroups[group] = forGood ? nil : members
      if forGood { world.assignments.removeAll { $0.principal == group } }
      world.changes.append((.group, group, forGood))
    }
  }

  package func restore(group: ObjectID) {
    alter { world in
      guard let members = world.deletedGroups.removeValue(forKey: group) else { return }
      world.groups[group] = members
      world.changes.append((.group, group, false))
    }
  }

  /// Delta links given out so far are too old from now on.
  package func expireLinks() {
    storage.withLock { $0.oldestLink = $0.world.changes.count + 1 }
  }

  // MARK: What is there

  package var users: [ObjectID: DirectoryUser] { storage.withLock { $0.world.users } }
  package var recycleBin: [ObjectID: DirectoryUser] { storage.withLock { $0.world.recycleBin } }
  package var assignments: [Assignment] { storage.withLock { $0.world.assignments } }
  package var groups: [ObjectID: Set<ObjectID>] { storage.withLock { $0.world.groups } }

  package func name(ofGroup id: ObjectID) -> String? {
    storage.withLock { $0.world.groupAttributes[id]?["displayName"]?.text }
  }

  package func user(known id: ObjectID) -> DirectoryUser? {
    storage.withLock { $0.world.users[id] }
  }

  /// One of the roles that are assigned to this very object.
  package func assignedRole(of id: ObjectID) -> ObjectID? {
    storage.withLock { storage in storage.world.assignments.first { $0.principal == id }?.role }
  }

  /// The roles that a user is assigned, directly or through a group; nil when not assigned.
  package func roles(of user: ObjectID) -> Set<ObjectID>? {
    storage.withLock { storage in
      let roles = storage.world.assignments.filter { assignment in
        assignment.principal == user || storage.world.groups[assignment.principal]?.contains(user) == true
      }
      return roles.isEmpty ? nil : Set(roles.map(\.role))
    }
  }

  // MARK: Directory

  private func access<Answer>(
    _ operation: Operation, _ body: (inout sending Storage) -> sending Answer
  ) async throws(Failure) -> sending Answer {
    switch try await faults.meet(operation) {
    case nil: return storage.withLock { body(&$0) }
    case .refused(let failure)?, .brokenOff(let failure)?: throw failure
    case .answerLost?, .saysGone?: throw .unavailable
    }
  }

  private func serve(_ served: Served) {
    storage.withLock { $0.onServe }?(served)
  }

  package func application() async throws(Failure) -> Application {
    try await access(.application) { $0.application }
  }

  package func assignments(to application: Application) async throws(Failure) -> [Assignment] {
    let assignments = try await access(.assignments) { storage in
      let world = storage.seen(.assignments)
      return world.assignments.filter { $0.principalKind == .group || world.users[$0.principal] != nil }
    }
    serve(.assignments(assignments))
    return assignments
  }

  package func members(of group: ObjectID, transitively: Bool) async throws(Failure) -> Set<ObjectID> {
    let members = try await access(.members) { storage in
      let world = storage.seen(.memberships)
      var members = world.groups[group] ?? []
      var inner = transitively ? members : []
      while let next = inner.popFirst() {
        for member in world.groups[next] ?? [] where members.insert(member).inserted { inner.insert(member) }
      }
      return members.filter { world.users[$0] != nil }
    }
    serve(.members(group, members))
    return members
  }

  package func allUsers(
    where isWanted: @Sendable (DirectoryUser) -> Bool
  ) async throws(Failure) -> Set<ObjectID> {
    try await access(.allUsers) { storage in Set(storage.seen(.users).users.values.filter(isWanted).map(\.id)) }
  }

  package func members(
    of groups: Set<ObjectID>, transitively: Bool
  ) async throws(Failure) -> [ObjectID: Set<ObjectID>] {
    var found: [ObjectID: Set<ObjectID>] = [:]
    for group in groups.sorted() { found[group] = try await members(of: group, transitively: transitively) }
    return found
  }

  package func user(_ id: ObjectID) async throws(Failure) -> UserObservation {
    let observation = try await access(.user) { storage -> UserObservation in
      if let user = storage.seen(.users).users[id] { return .present(user) }
      return storage.seen(.recycleBin).recycleBin[id] == nil ? .absent : .softDeleted
    }
    serve(.user(id, observation))
    return observation
  }

  package func users(_ ids: [ObjectID]) async throws(Failure) -> [ObjectID: DirectoryUser] {
    let users = try await access(.user) { storage in storage.seen(.users).users.filter { ids.contains($0.key) } }
    serve(.users(users))
    return users
  }

  package func group(_ id: ObjectID) async throws(Failure) -> GroupObservation {
    try await access(.directoryGroup) { storage in
      let world = storage.seen(.memberships)
      guard let members = world.groups[id] else {
        return storage.seen(.recycleBin).deletedGroups[id] == nil ? .absent : .softDeleted
      }
      return .present(
        DirectoryGroup(
          id: id, attributes: world.groupAttributes[id] ?? [:], members: members.filter { world.users[$0] != nil }))
    }
  }

  package func userID(principalName: String) async throws(Failure) -> ObjectID? {
    try await access(.userID) { storage in
      storage.world.users.values.first { $0.attributes["userPrincipalName"]?.text == principalName }?.id
    }
  }

  package func isGroup(_ id: ObjectID) async throws(Failure) -> Bool {
    try await access(.isGroup) { $0.world.groups[id] != nil }
  }

  package func changesFromNow(_ kind: ObjectKind) async throws(Failure) -> DeltaLink {
    try await access(.changesFromNow) { DeltaLink(String($0.seen(.changes).changes.count)) }
  }

  package func changes(
    _ kind: ObjectKind, since link: DeltaLink, atMost pages: Int
  ) async throws(Failure) -> DeltaRound? {
    let round = try await changes(kind, since: link)
    return round == .resynchronize ? nil : round
  }

  package func changes(_ kind: ObjectKind, since link: DeltaLink) async throws(Failure) -> DeltaRound {
    let round = try await access(.changes) { storage -> DeltaRound in
      guard let position = Int(link.url), position >= storage.oldestLink else { return .resynchronize }
      let end = max(position, storage.seen(.changes).changes.count)
      let changes = storage.world.changes[position..<end].filter { $0.kind == kind }
      return .changes(
        Set(changes.map(\.id)), deleted: Set(changes.filter(\.isDeletion).map(\.id)), next: DeltaLink(String(end)))
    }
    if case .changes(_, let deleted, _) = round { serve(.deleted(deleted)) }
    return round
  }
}
