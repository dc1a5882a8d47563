package import ProvisioningModel

/// Users that a cycle has read in bulk, for the runs that it queues right after: spares a request per user. Each is handed out once;
/// who asks again, or comes late, reads the directory. A run that a live signal caused takes nothing from here: the signal may be newer.
package actor ReadAhead {
  /// A cycle that is held up must not act on what the directory said long ago.
  private static let lifetime = Duration.seconds(30)

  private var users: [ObjectID: (user: DirectoryUser, readAt: Timestamp)] = [:]

  package init() {}

  /// Reads these users. Who cannot be read in bulk is left to its run, which meets the same failure and reports it.
  package func fill(_ ids: [ObjectID], from directory: any Directory, at now: Timestamp) async {
    let read: [ObjectID: DirectoryUser]
    do throws(Failure) { read = try await directory.users(ids) } catch { return }
    users = users.filter { now - $0.value.readAt < Self.lifetime }
    for (id, user) in read { users[id] = (user, now) }
  }

  func take(_ id: ObjectID, at now: Timestamp) -> DirectoryUser? {
    guard let (user, readAt) = users.removeValue(forKey: id), now - readAt < Self.lifetime else { return nil }
    return user
  }

  package func clear() {
    users = [:]
  }
}
