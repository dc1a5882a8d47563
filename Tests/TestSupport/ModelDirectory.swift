package import ProvisioningModel
import Synchronization

/// The port `Directory` in memory: users, a recycle bin, groups, assignments, and a stream of changes.
package final class ModelDirectory: Directory {
  private struct Storage {
    var users: [ObjectID: DirectoryUser] = [:]
    var recycleBin: [ObjectID: DirectoryUser] = [:]
    var groups: [ObjectID: Set<ObjectID>] = [:]
    var groupAttributes: [ObjectID: [String: AttributeValue]] = [:]
    var deletedGroups: [ObjectID: Set<ObjectID>] = [:]
    var assignments: [Assignment] = []
    var application = Application.sample
    var changes: [(kind: ObjectKind, id: ObjectID)] = []
    /// Links before this one are too old.
    var oldestLink = 0
  }

  package let faults: Faults
  private let storage = Mutex(Storage())

  package init(faults: Faults = Faults()) {
    self.faults = faults
  }

  // MARK: What happens in the directory

  /// Creates or changes a user.
  package func put(_ user: DirectoryUser) {
    storage.withLock { storage in
      storage.users[user.id] = user
      storage.changes.append((.user, user.id))
    }
  }

  package func change(_ id: ObjectID, _ body: (inout DirectoryUser) -> Void) {
    guard var user = user(known: id) else { return }
    body(&user)
    put(user)
  }

  /// Moves a user to the recycle bin.
  package func softDelete(_ id: ObjectID) {
    storage.withLock { storage in
      guard let user = storage.users.removeValue(forKey: id) else { return }
      storage.recycleBin[id] = user
      storage.changes.append((.user, id))
    }
  }

  package func restore(_ id: ObjectID) {
    storage.withLock { storage in
      guard let user = storage.recycleBin.removeValue(forKey: id) else { return }
      storage.users[id] = user
      storage.changes.append((.user, id))
    }
  }

  /// Takes a user away for good, out of the recycle bin or directly, together with its assignments and memberships.
  package func hardDelete(_ id: ObjectID) {
    storage.withLock { storage in
      storage.users[id] = nil
      storage.recycleBin[id] = nil
      storage.assignments.removeAll { $0.principal == id }
      for group in storage.groups.keys { storage.groups[group]?.remove(id) }
      storage.changes.append((.user, id))
    }
  }

  /// No change of a user or group comes of it: Graph reports none for assignments.
  package func assign(_ id: ObjectID, _ kind: ObjectKind = .user, role: ObjectID = .sample(901)) {
    storage.withLock { storage in
      let assignment = Assignment(principal: id, principalKind: kind, role: role)
      if !storage.assignments.contains(assignment) { storage.assignments.append(assignment) }
    }
  }

  package func unassign(_ id: ObjectID) {
    storage.withLock { $0.assignments.removeAll { $0.principal == id } }
  }

  package func unassign(_ id: ObjectID, role: ObjectID) {
    storage.withLock { $0.assignments.removeAll { $0.principal == id && $0.role == role } }
  }

  package func setMembers(of group: ObjectID, _ members: Set<ObjectID>) {
    storage.withLock { storage in
      storage.groups[group] = members
      storage.changes.append((.group, group))
    }
  }

  /// Names a group, or describes it otherwise; one that is not there yet is made.
  package func describe(group: ObjectID, _ attributes: [String: AttributeValue]) {
    storage.withLock { storage in
      storage.groups[group] = storage.groups[group] ?? []
      storage.groupAttributes[group] = attributes
      storage.changes.append((.group, group))
    }
  }

  /// Takes a group away; its assignments stay only while it can be restored.
  package func delete(group: ObjectID, forGood: Bool) {
    storage.withLock { storage in
      let members = storage.groups.removeValue(forKey: group) ?? storage.deletedGroups[group]
      storage.deletedGroups[group] = forGood ? nil : members
      if forGood { storage.assignments.removeAll { $0.principal == group } }
      storage.changes.append((.group, group))
    }
  }

  package func restore(group: ObjectID) {
    storage.withLock { storage in
      guard let members = storage.deletedGroups.removeValue(forKey: group) else { return }
      storage.groups[group] = members
      storage.changes.append((.group, group))
    }
  }

  /// Delta links given out so far are too old from now on.
  package func expireLinks() {
    storage.withLock { $0.oldestLink = $0.changes.count + 1 }
  }

  // MARK: What is there

  package var users: [ObjectID: DirectoryUser] { storage.withLock { $0.users } }
  package var recycleBin: [ObjectID: DirectoryUser] { storage.withLock { $0.recycleBin } }
  package var assignments: [Assignment] { storage.withLock { $0.assignments } }
  package var groups: [ObjectID: Set<ObjectID>] { storage.withLock { $0.groups } }

  package func name(ofGroup id: ObjectID) -> String? {
    storage.withLock { $0.groupAttributes[id]?["displayName"]?.text }
  }

  package func user(known id: ObjectID) -> DirectoryUser? {
    storage.withLock { $0.users[id] }
  }

  /// One of the roles that are assigned to this very object.
  package func assignedRole(of id: ObjectID) -> ObjectID? {
    storage.withLock { storage in storage.assignments.first { $0.principal == id }?.role }
  }

  /// The roles that a user is assigned, directly or through a group; nil when not assigned.
  package func roles(of user: ObjectID) -> Set<ObjectID>? {
    storage.withLock { storage in
      let roles = storage.assignments.filter { assignment in
        assignment.principal == user || storage.groups[assignment.principal]?.contains(user) == true
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
    case .answerLost?: throw .unavailable
    }
  }

  package func application() async throws(Failure) -> Application {
    try await access(.application) { $0.application }
  }

  package func assignments(to application: Application) async throws(Failure) -> [Assignment] {
    try await access(.assignments) { storage in
      storage.assignments.filter { $0.principalKind == .group || storage.users[$0.principal] != nil }
    }
  }

  package func members(of group: ObjectID, transitively: Bool) async throws(Failure) -> Set<ObjectID> {
    try await access(.members) { storage in
      var members = storage.groups[group] ?? []
      var inner = transitively ? members : []
      while let next = inner.popFirst() {
        for member in storage.groups[next] ?? [] where members.insert(member).inserted { inner.insert(member) }
      }
      return members.filter { storage.users[$0] != nil }
    }
  }

  package func allUsers(
    where isWanted: @Sendable (DirectoryUser) -> Bool
  ) async throws(Failure) -> Set<ObjectID> {
    try await access(.allUsers) { storage in Set(storage.users.values.filter(isWanted).map(\.id)) }
  }

  package func members(
    of groups: Set<ObjectID>, transitively: Bool
  ) async throws(Failure) -> [ObjectID: Set<ObjectID>] {
    var found: [ObjectID: Set<ObjectID>] = [:]
    for group in groups.sorted() { found[group] = try await members(of: group, transitively: transitively) }
    return found
  }

  package func user(_ id: ObjectID) async throws(Failure) -> UserObservation {
    try await access(.user) { storage in
      if let user = storage.users[id] { return .present(user) }
      return storage.recycleBin[id] == nil ? .absent : .softDeleted
    }
  }

  package func users(_ ids: [ObjectID]) async throws(Failure) -> [ObjectID: DirectoryUser] {
    try await access(.user) { storage in storage.users.filter { ids.contains($0.key) } }
  }

  package func group(_ id: ObjectID) async throws(Failure) -> GroupObservation {
    try await access(.directoryGroup) { storage in
      guard let members = storage.groups[id] else {
        return storage.deletedGroups[id] == nil ? .absent : .softDeleted
      }
      return .present(
        DirectoryGroup(
          id: id, attributes: storage.groupAttributes[id] ?? [:],
          members: members.filter { storage.users[$0] != nil }))
    }
  }

  package func userID(principalName: String) async throws(Failure) -> ObjectID? {
    try await access(.userID) { storage in
      storage.users.values.first { $0.attributes["userPrincipalName"]?.text == principalName }?.id
    }
  }

  package func isGroup(_ id: ObjectID) async throws(Failure) -> Bool {
    try await access(.isGroup) { $0.groups[id] != nil }
  }

  package func changesFromNow(_ kind: ObjectKind) async throws(Failure) -> DeltaLink {
    try await access(.changesFromNow) { DeltaLink(String($0.changes.count)) }
  }

  package func changes(_ kind: ObjectKind, since link: DeltaLink) async throws(Failure) -> DeltaRound {
    try await access(.changes) { storage in
      guard let position = Int(link.url), position >= storage.oldestLink else { return .resynchronize }
      let ids = storage.changes[position...].filter { $0.kind == kind }.map(\.id)
      return .changes(Set(ids), deleted: [], next: DeltaLink(String(storage.changes.count)))
    }
  }
}
