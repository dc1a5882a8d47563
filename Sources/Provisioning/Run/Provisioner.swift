import Expressions

/// Everything configured about who is provisioned and how.
package struct ProvisioningPolicy: Sendable {
  package var mapping: MappingPolicy
  package var filters: ScopingFilters
  package var deprovisioning: Deprovisioning
  package var ownership: OwnershipPolicy
  /// True repairs what was changed in xMatters by hand; false only reports it.
  package var repairsDrift: Bool
  /// Of mappings, filters and scope; see `Watermark.fingerprint`.
  package var fingerprint: UInt64

  package init(
    mapping: MappingPolicy, filters: ScopingFilters = .init(), deprovisioning: Deprovisioning = .init(),
    ownership: OwnershipPolicy = .adopt, repairsDrift: Bool = true, fingerprint: UInt64
  ) {
    self.mapping = mapping
    self.filters = filters
    self.deprovisioning = deprovisioning
    self.ownership = ownership
    self.repairsDrift = repairsDrift
    self.fingerprint = fingerprint
  }

  /// Every attribute of a user that a mapping or a filter reads.
  package var attributeNames: Set<String> {
    mapping.mappings.reduce(into: filters.attributeNames) { $0.formUnion($1.source.attributeNames) }
  }
}

/// Makes xMatters agree with what the directory says about one object now: read, decide, apply, record.
package struct Provisioner: Sendable {
  let directory: any Directory
  let target: any Target
  let state: any State
  let scope: Scope
  let policy: ProvisioningPolicy
  let clock: any WallClock
  let snapshot: PeopleSnapshot
  let readAhead: ReadAhead
  let languages = LanguageBook()
  let absences = AbsenceWatch()
  let claims = PersonClaims()

  package init(
    directory: any Directory, target: any Target, state: any State, scope: Scope, policy: ProvisioningPolicy,
    clock: any WallClock, snapshot: PeopleSnapshot = .init(), readAhead: ReadAhead = .init()
  ) {
    self.directory = directory
    self.target = target
    self.state = state
    self.scope = scope
    self.policy = policy
    self.clock = clock
    self.snapshot = snapshot
    self.readAhead = readAhead
  }

  /// Runs once for one user and records the outcome.
  /// - Throws: Only when the outcome could not be recorded; a failure of the run itself is part of the report.
  package func run(_ user: ObjectID, cycleID: String?) async throws(Failure) -> RunReport {
    var run = UserRun(self, user)
    await run.execute()
    var report = run.report(cycleID: cycleID)
    if report.failure?.remedy == .cancelled { return report }
    let kept = if let known = run.kept { known } else { try await state.kept(of: user) }
    let escrow = kept.escrow
    if let failure = report.failure {
      let now = clock.now
      report.record.escrow = .set(
        Escrow(
          objectID: user, kind: .user, failure: failure, attempts: (escrow?.attempts ?? 0) + 1,
          firstFailure: escrow?.firstFailure ?? now, lastAttempt: now, nextAttempt: nil))
    }
    let digest = run.entitlement?.digest
    if report.failure == nil, report.record.entitlement == .unchanged, kept.entitlement != digest {
      report.record.entitlement = .set(digest)
    }
    if report.record.hasEffect || escrow != nil {
      try await state.record(report.record)
    }
    return report
  }
}

/// What became of one run of one object.
package struct RunReport: Sendable {
  package var record: RunRecord
  package var failure: Failure?
  /// Why nothing was done, when nothing was.
  package var skip: SkipReason?
  /// xMatters had been changed behind our back.
  package var foundDrift = false
  /// The user has a person that it did not have before; others may be waiting for it as their supervisor.
  package var isNewlyLinked = false

  /// Everything that was found and done, also when nothing of it is worth an entry in the log.
  package var steps: [ProvisioningLogEntry.Step] = []

  package var entry: ProvisioningLogEntry? { record.entry }
}

extension RunRecord {
  fileprivate var hasEffect: Bool {
    if case .set = escrow { return true }
    return link != .unchanged || entry != nil || entitlement != .unchanged
  }
}

/// Sees to it that a user who cannot be found is looked for again before anything is removed: replicas of the directory lag
/// (Graph reference, section 12, row 404).
actor AbsenceWatch {
  /// Sightings in a row, this many milliseconds apart at least, that make an absence.
  static let sightings = 2
  static let gap = Duration.seconds(2)
  private static let capacity = 100_000

  private var first: [ObjectID: Timestamp] = [:]

  /// True once the absence counts.
  func isConfirmed(_ user: ObjectID, at now: Timestamp) -> Bool {
    if let seen = first[user] {
      guard now - seen >= Self.gap else { return false }
      first[user] = nil
      return true
    }
    if first.count < Self.capacity { first[user] = now }
    return false
  }

  func forget(_ user: ObjectID) {
    first[user] = nil
  }
}
