import Expressions
package import ProvisioningModel
package import ProvisioningRules

/// Everything configured about who is provisioned and how.
package struct ProvisioningPolicy: Sendable {
  package var mapping: MappingPolicy
  package var filters: ScopingFilters
  package var deprovisioning: Deprovisioning
  package var ownership: OwnershipPolicy
  /// Nil when groups are not provisioned.
  package var groups: GroupPolicy?
  /// The name that Rollcall signs in to xMatters with.
  package var serviceAccount: String?
  /// True repairs what was changed in xMatters by hand; false only reports it.
  package var repairsDrift: Bool
  package var confirmation: ConfirmationPolicy
  /// Of mappings, filters and scope; see `Watermark.fingerprint`.
  package var fingerprint: UInt64

  package init(
    mapping: MappingPolicy, filters: ScopingFilters = .init(), deprovisioning: Deprovisioning = .init(),
    ownership: OwnershipPolicy = .adopt, groups: GroupPolicy? = nil, repairsDrift: Bool = true,
    confirmation: ConfirmationPolicy = .init(), fingerprint: UInt64
  ) {
    self.mapping = mapping
    self.filters = filters
    self.deprovisioning = deprovisioning
    self.ownership = ownership
    self.groups = groups
    self.repairsDrift = repairsDrift
    self.confirmation = confirmation
    self.fingerprint = fingerprint
  }

  /// Every attribute of a user that a mapping or a filter reads.
  package var attributeNames: Set<String> {
    mapping.mappings.reduce(into: filters.attributeNames) { $0.formUnion($1.source.attributeNames) }
  }
}

/// Makes xMatters agree with what the directory says about one object now: read, decide, apply, record.
package struct Provisioner: Sendable {
  package let directory: any Directory
  package let target: any Target
  let state: any State
  let scope: Scope
  package let policy: ProvisioningPolicy
  let clock: any WallClock
  let snapshot: PeopleSnapshot
  let readAhead: ReadAhead
  let groupSnapshot: GroupSnapshot
  package let languages: LanguageBook
  package let evidence: Evidence
  let claims = PersonClaims()
  package let creations: CreationBook
  package let serviceAccount: ServiceAccount
  let escrows: EscrowSchedule
  /// Whether a refusal of permission concerns one object alone, and does not pause the others.
  let concernsOnly: @Sendable (ObjectID, Failure) -> Bool
  /// Asked right before each write that takes something away: whether a removal of this object is still permitted, and the job goes on.
  let mayRemove: @Sendable (ObjectID) -> Bool

  package init(
    directory: any Directory, target: any Target, state: any State, scope: Scope, policy: ProvisioningPolicy,
    clock: any WallClock, snapshot: PeopleSnapshot = .init(), groupSnapshot: GroupSnapshot = .init(),
    readAhead: ReadAhead = .init(), escrows: EscrowSchedule = .init(interval: .seconds(1200)), uptime: Uptime,
    concernsOnly: @escaping @Sendable (ObjectID, Failure) -> Bool = { _, _ in false },
    mayRemove: @escaping @Sendable (ObjectID) -> Bool = { _ in true }
  ) {
    self.directory = directory
    self.target = target
    self.state = state
    self.scope = scope
    self.policy = policy
    self.clock = clock
    self.snapshot = snapshot
    self.readAhead = readAhead
    self.groupSnapshot = groupSnapshot
    self.escrows = escrows
    self.concernsOnly = concernsOnly
    self.mayRemove = mayRemove
    evidence = Evidence(policy.confirmation, uptime: uptime)
    languages = LanguageBook(state: state, clock: clock)
    creations = CreationBook(state: state)
    serviceAccount = ServiceAccount(name: policy.serviceAccount)
  }

  /// Runs once for one user and records the outcome.
  /// - Parameters:
  ///   - removals: What may be done should the user have left.
  ///   - onDemand: A person waits to see it: both sides are read whatever was applied before, and each step is told in detail.
  /// - Throws: Only when the outcome could not be recorded; a failure of the run itself is part of the report.
  package func run(
    _ user: ObjectID, cycleID: String?, removals: RemovalPermission, onDemand: Bool = false
  ) async throws(Failure) -> RunReport {
    var run = UserRun(self, user, removals: removals, onDemand: onDemand)
    await run.execute()
    let result: Result<RunReport, Failure>
    do throws(Failure) {
      result = .success(try await record(run, cycleID: cycleID))
    } catch {
      result = .failure(error)
    }
    // Not before it is recorded whose the person is.
    await claims.release(user)
    await creations.leave(user)
    return try result.get()
  }

  private func record(_ run: UserRun, cycleID: String?) async throws(Failure) -> RunReport {
    let report = run.report(cycleID: cycleID)
    if report.failure?.remedy == .cancelled { return report }
    let kept = if let known = run.kept { known } else { try await state.kept(of: run.user) }
    return try await record(report, of: .user, run.entitlement, escrow: kept.escrow, before: kept.entitlement)
  }

  /// Runs once for one group and records the outcome; to be called only when groups are provisioned.
  /// - Parameters:
  ///   - removals: What may be done should the group have left, or many of its members.
  ///   - onDemand: As for a user.
  /// - Throws: As `run` for a user.
  package func run(
    group: ObjectID, policy: GroupPolicy, cycleID: String?, removals: RemovalPermission, onDemand: Bool = false
  ) async throws(Failure) -> RunReport {
    var run = GroupRun(self, group, policy, removals: removals, onDemand: onDemand)
    await run.execute()
    if run.stage == .export, let target = run.group { await groupSnapshot.outdate(target.id) }
    await creations.leave(group)
    let report = run.report(cycleID: cycleID)
    if report.failure?.remedy == .cancelled { return report }
    let kept = try await state.kept(of: group)
    return try await record(report, of: .group, run.entitlement, escrow: kept.escrow, before: kept.entitlement)
  }

  /// - Parameters:
  ///   - entitlement: What the run acted upon; nil when it did not come so far.
  ///   - escrow: The one that is there.
  ///   - before: The digest of the entitlement that is recorded.
  private func record(
    _ report: RunReport, of kind: ObjectKind, _ entitlement: Entitlement?, escrow: Escrow?, before: UInt64?
  ) async throws(Failure) -> RunReport {
    var report = report
    let object = report.record.objectID
    report.isKnownToFail = escrow != nil
    if let failure = report.failure, failure.remedy == .quarantine, concernsOnly(object, failure) {
      report.failure?.remedy = .escrow
    }
    switch report.failure {
    case nil: break
    // Nothing is the matter with the object: it waits for the quarantine to end, and that is no attempt.
    case let failure? where failure.remedy == .quarantine: report.record.escrow = .unchanged
    case let failure?:
      let now = clock.now
      let firstFailure = escrow?.firstFailure ?? now
      report.record.escrow = .set(
        Escrow(
          objectID: object, kind: kind, failure: failure, attempts: (escrow?.attempts ?? 0) + 1,
          firstFailure: firstFailure, lastAttempt: now,
          nextAttempt: escrows.nextAttempt(after: failure, firstFailure: firstFailure, now: now)))
    }
    if let entitlement, report.record.entitlement == .unchanged {
      let digest = report.digest(of: entitlement, before: before)
      if digest != before { report.record.entitlement = .set(digest) }
    }
    let endsCreation = report.record.endsCreation
    if endsCreation { report.record.endsCreation = await creations.isStored(object) }
    if report.record.hasEffect || escrow != nil {
      try await state.record(report.record)
    }
    if endsCreation { await creations.end(object) }
    return report
  }
}

/// What became of one run of one object.
package struct RunReport: Sendable {
  package var record: RunRecord
  /// What happened, step by step, also when nothing was done.
  package var account: ProvisioningLogEntry
  package var failure: Failure?
  /// Why nothing was done, when nothing was.
  package var skip: SkipReason?
  /// xMatters had been changed behind our back.
  package var foundDrift = false
  /// The user has a person that it did not have before; others may be waiting for it as their supervisor.
  package var isNewlyLinked = false
  /// The user came, left, or is another person than before: its groups have to be looked at.
  package var changesMemberships = false
  /// The user left, or has another name than before: others may have waited for the name.
  package var givesUpName = false
  /// The members of the group who were not provisioned when it was looked at.
  package var awaitedMembers: Set<ObjectID> = []
  /// A removal that was decided on and not carried out, because the guard has not let it through.
  package var plannedRemoval: PlannedRemoval?
  /// What made the object to be looked at, and how long ago.
  package var signal = ChangeSignal.cycle
  package var age = Duration.zero
  /// The object had failed before.
  package var isKnownToFail = false
  /// What was seen is to be confirmed by another look, after so long.
  package var lookAgain: Duration?
  /// xMatters says that the user is there, under a name that is not known any more: external keys cannot be searched for
  /// (docs/reference/xmatters-api.md, "People"). Said once, when the object begins to fail.
  package var foundHiddenPerson: Bool {
    account.action == .create && failure?.code == .conflict && !isKnownToFail
  }

  /// What is to be known of the entitlement, so that the next cycle looks at the object again when it has to. Whose removal is only planned
  /// has not been looked at to the end: should the plan be forgotten, the cycle finds it again, as it does one that cannot be removed. Any
  /// other escrow has its own time, which the assignments bring forward only when they change.
  fileprivate func digest(of entitlement: Entitlement, before: UInt64?) -> UInt64? {
    // Nor has an object that is to be confirmed by another look, which a process that ends takes along.
    guard let failure else { return plannedRemoval == nil && lookAgain == nil ? entitlement.digest : 0 }
    return failure.remedy != .quarantine && entitlement.isAssigned ? entitlement.digest : before
  }

  /// Everything that was found and done, also when nothing of it is worth an entry in the log.
  package var steps: [ProvisioningLogEntry.Step] { account.steps }
  package var entry: ProvisioningLogEntry? { record.entry }

  package init(
    record: RunRecord, account: ProvisioningLogEntry, failure: Failure? = nil, skip: SkipReason? = nil,
    foundDrift: Bool = false
  ) {
    self.record = record
    self.account = account
    self.failure = failure
    self.skip = skip
    self.foundDrift = foundDrift
  }
}

extension RunRecord {
  fileprivate var hasEffect: Bool {
    if case .set = escrow { return true }
    return link != .unchanged || !group.isEmpty || removal != .unchanged || entry != nil || entitlement != .unchanged
      || endsCreation
  }
}
