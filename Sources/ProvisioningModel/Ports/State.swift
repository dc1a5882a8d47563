/// The port to what outlives the process. All of it may be lost: the next cycle rebuilds it (docs/architecture.md, "One idea").
package protocol State: AuditState, CreationState, IdentityState, JobState, LanguageState, OrphanState, PeopleState,
  ProtectionState, SubscriptionState, TombstoneState
{
  func link(_ id: ObjectID) async throws(Failure) -> Link?
  func link(person: PersonID) async throws(Failure) -> Link?
  /// Every link, ordered by object id.
  func links() async throws(Failure) -> [Link]
  /// The link of a user or group.
  func connection(_ id: ObjectID) async throws(Failure) -> ObjectConnection?
  /// A page of the links of users and groups, ordered by object id, that begins after the given one.
  func connections(after: ObjectID?, limit: Int) async throws(Failure) -> [ObjectConnection]
  /// Removes the link of a user or group and leaves both objects alone; an assigned one is looked at in the next cycle.
  /// - Returns: Whether there was one.
  func unlink(_ id: ObjectID) async throws(Failure) -> Bool
  /// Those of these users that are there.
  func links(of users: Set<ObjectID>) async throws(Failure) -> [Link]

  /// The users whose person waits for this manager to be provisioned.
  func links(awaiting manager: ObjectID) async throws(Failure) -> [ObjectID]
  /// The users whose person waits for a manager who is provisioned by now: the wake-up was lost with a process.
  func linksAwaitingSomebodyLinked() async throws(Failure) -> [ObjectID]

  /// All that is kept about one user, or of a group all but its link.
  func kept(of object: ObjectID) async throws(Failure) -> KeptObject

  /// `KeptObject.entitlement` of every object of a kind that has one.
  func entitlements(of kind: ObjectKind) async throws(Failure) -> [ObjectID: UInt64]

  func groupLink(_ id: ObjectID) async throws(Failure) -> GroupLink?
  /// Every link of a group, ordered by object id.
  func groupLinks() async throws(Failure) -> [GroupLink]
  func members(of group: ObjectID) async throws(Failure) -> Set<GroupMember>
  /// The groups that this user is recorded in, also as one who is waited for.
  func groups(containing user: ObjectID) async throws(Failure) -> [ObjectID]
  /// The groups with a recorded member whose link says something else by now: it came, left, or is another person.
  func groupsBehindTheirMembers() async throws(Failure) -> [ObjectID]

  /// Records the outcome of one run in one transaction. A person is one user's: another link to the same person is released with it,
  /// unless this one is lost, and one that was released goes with it.
  func record(_ outcome: RunRecord) async throws(Failure)

  /// Whether people or groups were lost at the time or later (`Link.lostSince`).
  func hasLostLinks(since time: Timestamp) async throws(Failure) -> Bool

  /// Adds links that are not there yet, such as those found by listing people; other links to the same people are released.
  func adopt(_ links: [Link]) async throws(Failure)
  /// Adds links of groups that are not there yet.
  func adopt(_ links: [GroupLink]) async throws(Failure)
  /// Forgets what was last applied, so that the next run compares with xMatters.
  func forgetDigests() async throws(Failure)

  func escrow(_ id: ObjectID) async throws(Failure) -> Escrow?
  func escrows() async throws(Failure) -> [Escrow]
  /// A page of them, ordered by object id, that begins after the given one.
  func escrows(after: ObjectID?, limit: Int) async throws(Failure) -> [Escrow]

  func watermark() async throws(Failure) -> Watermark?
  /// - Parameter revisiting: The users and groups to be looked at once more by the next cycle; they take the place of the former ones.
  func setWatermark(_ watermark: Watermark?, revisiting: Set<WorkKey>) async throws(Failure)
  func revisits() async throws(Failure) -> [ObjectKind: Set<ObjectID>]

  func log(_ query: ProvisioningLogQuery) async throws(Failure) -> ProvisioningLogPage
  /// Removes entries older than `time`, and the oldest of more than `count`; of the audit log, too.
  func pruneLog(before time: Timestamp, keeping count: Int) async throws(Failure)
}

/// What runs of an object have left behind.
package struct KeptObject: Hashable, Sendable {
  package var link: Link?
  package var escrow: Escrow?
  /// What the assignments said when the object was last looked at, as `Entitlement.digest`; nil when it was not assigned then.
  package var entitlement: UInt64?

  package init(link: Link? = nil, escrow: Escrow? = nil, entitlement: UInt64? = nil) {
    self.link = link
    self.escrow = escrow
    self.entitlement = entitlement
  }
}

/// The part of it that a subscription keeper needs.
package protocol SubscriptionState: Sendable {
  func subscriptions() async throws(Failure) -> [SubscriptionRecord]
  /// Replaces all of them.
  func setSubscriptions(_ subscriptions: [SubscriptionRecord]) async throws(Failure)
}

/// What one run of one object leaves behind, or a step of it that must not be forgotten.
package struct RunRecord: Hashable, Sendable {
  package enum LinkChange: Hashable, Sendable {
    case unchanged
    case set(Link)
    case remove
  }

  package enum EscrowChange: Hashable, Sendable {
    case unchanged
    case clear
    case set(Escrow)
  }

  package enum EntitlementChange: Hashable, Sendable {
    case unchanged
    /// What the object was looked at with; nil when it was not assigned.
    case set(UInt64?)
    /// Of no user it is known any more, this one included: the next cycle looks at everybody.
    case forgetAll
  }

  package enum RemovalChange: Hashable, Sendable {
    case unchanged
    /// No removal is called for any more, or one was carried out that does not count: none is held, and one that was let through is spent.
    case forget
    /// Carried out.
    case count(CountedRemoval)
  }

  package var objectID: ObjectID
  package var kind: ObjectKind
  package var link: LinkChange
  package var escrow: EscrowChange
  package var removal = RemovalChange.unchanged
  /// What a run of a group changes about its link.
  package var group: GroupChange
  /// Nil when nothing happened that is worth an entry.
  package var entry: ProvisioningLogEntry?
  package var entitlement = EntitlementChange.unchanged
  /// What came of a creation that was begun is known: its record goes.
  package var endsCreation = false

  package init(
    objectID: ObjectID, kind: ObjectKind = .user, link: LinkChange = .unchanged, escrow: EscrowChange,
    group: GroupChange = .init(), entry: ProvisioningLogEntry?
  ) {
    self.objectID = objectID
    self.kind = kind
    self.link = link
    self.escrow = escrow
    self.group = group
    self.entry = entry
  }
}
