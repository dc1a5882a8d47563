package import ProvisioningModel
package import ProvisioningRules

/// What speaks for objects and memberships being gone, as far as this process has seen it. Lost with the process: then it takes longer.
package actor Evidence {
  /// How sure an absence is.
  package enum Absence: Hashable, Sendable {
    /// It is to be looked for again after so long, before anything is concluded.
    case unconfirmed(lookAgain: Duration)
    /// Gone, and perhaps to come back: nothing irreversible may follow. It is to be looked for again after so long.
    case missing(lookAgain: Duration)
    /// Gone for good: the directory said that it was deleted, or it was missing for long.
    case deleted
  }

  private struct Membership: Hashable {
    var group: ObjectID
    var user: ObjectID
  }

  /// Of ids that were called deleted: more wait for `ConfirmationPolicy.absence`.
  private static let capacity = 100_000

  package let policy: ConfirmationPolicy
  private let uptime: Uptime
  private var objects = Confirmation<ObjectID>()
  private var members = Confirmation<Membership>()
  /// When a notification or a delta link said that the object was deleted.
  private var deletions: [ObjectID: Duration] = [:]

  package init(_ policy: ConfirmationPolicy, uptime: Uptime) {
    self.policy = policy
    self.uptime = uptime
  }

  nonisolated var now: Duration { uptime.now }

  // MARK: Ids that the directory does not know

  /// Of ids without a person; more are asked for each time.
  private static let maxUnknown = 10_000
  private static let unknownFor = Duration.seconds(30)

  private var unknown: [ObjectID: Duration] = [:]

  /// The directory does not have this user, and nothing depends on it.
  func noteUnknown(_ id: ObjectID, at began: Duration) {
    if unknown.count >= Self.maxUnknown { unknown = unknown.filter { began - $0.value < Self.unknownFor } }
    if unknown.count < Self.maxUnknown { unknown[id] = began }
  }

  /// Whether the directory was asked a moment ago and did not have this user.
  func isUnknown(_ id: ObjectID) -> Bool {
    guard let asked = unknown[id] else { return false }
    if uptime.now - asked < Self.unknownFor { return true }
    unknown[id] = nil
    return false
  }

  /// A delta link names these objects: the directory has them, or had.
  package func named(_ ids: some Sequence<ObjectID>) {
    for id in ids { unknown[id] = nil }
  }

  // MARK: Objects

  /// A notification or a delta link calls these objects deleted. That alone proves nothing: they may be in the recycle bin, or restored.
  package func deleted(_ ids: some Sequence<ObjectID>) {
    let now = uptime.now
    for id in ids where deletions[id] != nil || deletions.count < Self.capacity { deletions[id] = now }
  }

  /// A complete look found the object, in the directory or in its recycle bin.
  func found(_ object: ObjectID, at began: Duration) {
    unknown[object] = nil
    objects.found(object, at: began)
    if let said = deletions[object], began >= said { deletions[object] = nil }
  }

  /// A complete look found the object neither in the directory nor in its recycle bin.
  func missed(_ object: ObjectID, at began: Duration) -> Absence {
    if case .lookAgain(let rest) = objects.missed(object, at: began, distance: policy.leave) {
      return .unconfirmed(lookAgain: rest)
    }
    if let said = deletions[object], began >= said { return .deleted }
    let rest = objects.missedSince(object).map { policy.absence - (began - $0) } ?? policy.absence
    return rest > .zero ? .missing(lookAgain: rest) : .deleted
  }

  /// Nothing more is to be concluded from it.
  func forget(_ object: ObjectID) {
    objects.forget(object)
    deletions[object] = nil
  }

  // MARK: Members of provisioned groups

  /// - Parameters:
  ///   - gone: Recorded members that a complete look at the group missed.
  ///   - began: When its request began.
  /// - Returns: Those of them who still count as members, and after how long the group is to be looked at again.
  func unconfirmed(
    _ gone: Set<ObjectID>, of group: ObjectID, present: Set<ObjectID>, at began: Duration
  ) -> (users: Set<ObjectID>, lookAgain: Duration?) {
    var waiting: Set<ObjectID> = []
    var rest: Duration?
    for user in present { members.found(Membership(group: group, user: user), at: began) }
    for user in gone {
      let membership = Membership(group: group, user: user)
      switch members.missed(membership, at: began, distance: policy.leave) {
      case .confirmed: break
      case .lookAgain(let wait):
        waiting.insert(user)
        rest = max(rest ?? .zero, wait)
      }
    }
    return (waiting, rest)
  }

  /// The members were taken out, or are not asked for any more.
  func forget(members users: some Sequence<ObjectID>, of group: ObjectID) {
    for user in users { members.forget(Membership(group: group, user: user)) }
  }
}
