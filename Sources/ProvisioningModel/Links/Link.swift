/// An object connection: which xMatters person a directory user is, and what was last applied to it.
package struct Link: Hashable, Sendable {
  package enum Condition: String, Hashable, Sendable {
    /// Provisioned and in scope.
    case active
    /// Disabled because the account was disabled or soft-deleted; still managed.
    case disabled
    /// Left the scope and was handled; later deletions in the directory do nothing to it
    /// (docs/reference/entra-provisioning.md, "De-provisioning"), a new assignment takes it up again.
    case released
  }

  /// Whether the directory has ever said that it knows the object.
  package enum Proof: String, Hashable, Sendable {
    case proven
    /// Only the external key of a person or group in xMatters suggests it. Rollcall disables and deletes nothing on the strength of that.
    case unproven
  }

  package var objectID: ObjectID
  package var personID: PersonID
  package var condition: Condition
  /// Of the desired state that was last applied; nil when unknown, which makes the next run compare with xMatters.
  package var digest: UInt64?
  /// The person's target name when last seen, for people to read.
  package var targetName: String?
  /// The manager who was not provisioned yet when this person was written; resolved when it arrives
  /// (docs/decisions/0010-references-in-two-passes.md, "Decision").
  package var pendingSupervisor: ObjectID?
  package var proof: Proof
  /// When the directory first said that it does not know the object of an unproven link, or that a user whose person stays is gone for
  /// good: the person is an orphan.
  package var orphanSince: Timestamp?
  /// When xMatters first said that the person is not there, or not ours any more; nil once it is found, or a listing has decided.
  package var lostSince: Timestamp?

  package init(
    objectID: ObjectID, personID: PersonID, condition: Condition = .active, digest: UInt64? = nil,
    targetName: String? = nil, pendingSupervisor: ObjectID? = nil, proof: Proof = .proven,
    orphanSince: Timestamp? = nil, lostSince: Timestamp? = nil
  ) {
    self.objectID = objectID
    self.personID = personID
    self.condition = condition
    self.digest = digest
    self.targetName = targetName
    self.pendingSupervisor = pendingSupervisor
    self.proof = proof
    self.orphanSince = orphanSince
    self.lostSince = lostSince
  }
}

/// An object that keeps failing, kept so that the watermark may pass it.
package struct Escrow: Hashable, Sendable {
  package var objectID: ObjectID
  package var kind: ObjectKind
  package var failure: Failure
  package var attempts: Int
  package var firstFailure: Timestamp
  package var lastAttempt: Timestamp
  package var nextAttempt: Timestamp?

  package init(
    objectID: ObjectID, kind: ObjectKind, failure: Failure, attempts: Int, firstFailure: Timestamp,
    lastAttempt: Timestamp, nextAttempt: Timestamp?
  ) {
    self.objectID = objectID
    self.kind = kind
    self.failure = failure
    self.attempts = attempts
    self.firstFailure = firstFailure
    self.lastAttempt = lastAttempt
    self.nextAttempt = nextAttempt
  }
}

/// Where the next incremental cycle begins. Stored only when everything under it is applied or escrowed.
package struct Watermark: Hashable, Sendable {
  /// Opaque, absolute URLs; they carry tokens and are not for logs.
  package var users: String
  package var groups: String
  /// Of the mappings, filters and scope in force; another value makes the next cycle a full one.
  package var fingerprint: UInt64
  package var storedAt: Timestamp
  /// When the last initial or full cycle began.
  package var fullCycleAt: Timestamp

  package init(users: String, groups: String, fingerprint: UInt64, storedAt: Timestamp, fullCycleAt: Timestamp) {
    self.users = users
    self.groups = groups
    self.fingerprint = fingerprint
    self.storedAt = storedAt
    self.fullCycleAt = fullCycleAt
  }
}

/// A Graph subscription that this service made or adopted.
package struct SubscriptionRecord: Hashable, Sendable {
  package var id: String
  /// `/users` or `/groups`.
  package var resource: String
  package var expiration: Timestamp
  package var notificationURL: String
  /// Of the client state it was made with; the secret itself is not stored.
  package var clientStateDigest: String

  package init(
    id: String, resource: String, expiration: Timestamp, notificationURL: String, clientStateDigest: String
  ) {
    self.id = id
    self.resource = resource
    self.expiration = expiration
    self.notificationURL = notificationURL
    self.clientStateDigest = clientStateDigest
  }
}
