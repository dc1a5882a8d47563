import ProvisioningModel
import ProvisioningRules
import Reconciler
import Synchronization

/// The removal guard and the quarantine of a running job: the two machines, what is stored of them, and who is told.
final class Safeguards: Sendable {
  private let removals: Mutex<RemovalGuard>
  private let quarantine: Mutex<Quarantine>
  private let state: any State
  private let wall: any WallClock
  /// For what is counted within the window, which a wall clock that jumps must not let go.
  private let steady: SteadyClock
  private let observer: any JobObserver

  init(_ policy: ProtectionPolicy, state: any State, wall: any WallClock, uptime: Uptime, observer: any JobObserver) {
    removals = Mutex(RemovalGuard(limits: policy.removals))
    quarantine = Mutex(Quarantine(policy: policy.quarantine))
    self.state = state
    self.wall = wall
    steady = SteadyClock(wall, uptime)
    self.observer = observer
  }

  /// Takes over what a former process has left.
  func restore() async throws(Failure) {
    let counted = try await state.countedRemovals()
    let held = try await state.heldRemovals()
    let status = try await state.quarantine()
    removals.withLock { $0.restore(counted: counted, held: held) }
    quarantine.withLock { $0.restore(status, at: wall.now) }
  }

  // MARK: Removals

  var heldCount: Int { removals.withLock { $0.heldCount } }
  var heldSince: Timestamp? { removals.withLock { $0.heldSince } }

  /// The users, or groups, to be looked at again in each cycle because of a removal.
  func unfinishedRemovals(_ kind: ObjectKind) -> [ObjectID] {
    removals.withLock { removals in removals.unfinished.filter { $0.kind == kind }.map(\.objectID) }
  }

  /// Objects of this kind are not provisioned any more: none of them is to be removed.
  func forgetRemovals(of kind: ObjectKind) async throws(Failure) {
    for object in unfinishedRemovals(kind) {
      var record = RunRecord(objectID: object, kind: kind, escrow: .unchanged, entry: nil)
      record.removal = .forget
      try await state.record(record)
      settle(object, .forget)
    }
  }

  func permission(for object: ObjectID) -> RemovalPermission {
    removals.withLock { $0.permission(for: object, at: steady.now) }
  }

  /// Whether a removal of this object may still be carried out.
  func isRemovalPermitted(_ object: ObjectID) -> Bool {
    quarantineStatus == nil && permission(for: object).isGranted
  }

  /// When the signal came that a let-through removal goes back to.
  func signalledAt(_ object: ObjectID) -> Timestamp? {
    removals.withLock { $0.signalledAt(object) }
  }

  func plan(_ removal: PlannedRemoval) {
    removals.withLock { $0.plan(removal, at: steady.now) }
  }

  func isPlanned(_ object: ObjectID) -> Bool {
    removals.withLock { $0.isPlanned(object) }
  }

  /// A run ended well that planned no removal.
  func settle(_ object: ObjectID, _ change: RunRecord.RemovalChange) {
    let isLastHeld = removals.withLock { removals in
      let before = removals.heldCount
      if case .count(var removal) = change {
        removal.at = steady.now
        removals.settle(object, .count(removal))
      } else {
        removals.settle(object, change)
      }
      return before > 0 && removals.heldCount == 0
    }
    if isLastHeld { observer.protectionChanged(.removalsNoLongerHeld) }
  }

  func cycleEnded() {
    removals.withLock { $0.forgetPlannedOfCycle() }
  }

  /// How long removals have been planned that go back to a signal.
  var plannedFor: Duration? { removals.withLock { $0.plannedSince }.map { steady.now - $0 } }

  /// Judges what is planned, and stores the verdict before it takes effect.
  /// - Parameter inHand: Nil when there is nothing to wait for.
  /// - Returns: Nil when it is too early to judge.
  func judge(waitingFor inHand: RemovalGuard.InHand?, isCycleDone: Bool) async throws(Failure) -> RemovalGuard.Verdict?
  {
    let managed = try await state.activeLinkCount()
    let members = removals.withLock { $0.concernsGroups } ? try await state.groupMembers() : nil
    let now = steady.now
    let verdict = removals.withLock { removals -> RemovalGuard.Verdict? in
      if let inHand, removals.waits(for: inHand, managed: managed, at: now) { return nil }
      return removals.judge(managed: managed, members: members, isCycleDone: isCycleDone, at: now)
    }
    switch verdict {
    case nil, .nothingPlanned?: break
    case .letThrough(let planned)?:
      let windowStart = removals.withLock { $0.windowStart(at: now) }
      try await state.count(
        planned.map {
          CountedRemoval(
            objectID: $0.objectID, kind: $0.kind, at: now, isCarriedOut: false,
            people: $0.kind == .group ? $0.people : [])
        },
        forgettingBefore: windowStart)
      removals.withLock { $0.letThrough(planned, at: now) }
    case .hold(let planned, let limit)?:
      let held = planned.map { $0.held(at: wall.now) }
      try await state.hold(held, planned.map { $0.stagedDelete(at: wall.now, limit: limit) })
      let total = removals.withLock { removals in
        removals.hold(held)
        return removals.heldCount
      }
      observer.protectionChanged(.removalsHeld(count: held.count, total: total, limit: limit))
    }
    return verdict
  }

  /// Those that wait for an operator, and those that one keeps from being made; by object id.
  var openRemovals: [HeldRemoval] {
    removals.withLock { $0.open }.sorted { $0.objectID < $1.objectID }
  }

  /// Stores an operator's decision before it takes effect.
  /// - Parameter state: `released` or `kept`.
  /// - Returns: What is to be looked at again.
  func decide(_ state: HeldRemoval.State, _ selection: RemovalSelection) async throws(Failure) -> [WorkKey] {
    let chosen = removals.withLock { $0.selected(selection, for: state) }
    guard !chosen.isEmpty else { return [] }
    let objects = chosen.map(\.objectID)
    try await self.state.set(state, of: objects)
    let isLastHeld = removals.withLock { removals in
      let before = removals.heldCount
      removals.set(state, of: objects)
      return before > 0 && removals.heldCount == 0
    }
    if isLastHeld { observer.protectionChanged(.removalsNoLongerHeld) }
    return chosen.map(\.key)
  }

  /// An operator lets orphans be disabled, which nothing but that order would do.
  func allow(_ orphans: [Orphan]) async throws(Failure) -> [WorkKey] {
    let allowed = orphans.map {
      HeldRemoval(
        objectID: $0.objectID, kind: $0.kind, action: .disable, reason: .orphan, detail: "Allowed by an operator.",
        displayName: $0.targetName, since: wall.now, state: .released)
    }
    guard !allowed.isEmpty else { return [] }
    try await state.hold(allowed, [])
    removals.withLock { $0.hold(allowed) }
    return allowed.map(\.key)
  }

  // MARK: Quarantine

  var quarantineStatus: QuarantineStatus? { quarantine.withLock { $0.status } }

  /// - Throws: What put the job into quarantine, when it is in one.
  func checkMayWork() throws(Failure) {
    if let failure = quarantineStatus?.failure { throw failure }
  }

  func concernsOnly(_ object: ObjectID, _ failure: Failure) -> Bool {
    quarantine.withLock { $0.concernsOnly(object, failure, at: wall.now) }
  }

  /// Takes in how a run of one object ended.
  func note(_ report: RunReport) -> ProtectionEvent? {
    let object = report.record.objectID
    guard let failure = report.failure else {
      if report.skip == nil || report.skip == .redundantExport {
        quarantine.withLock { $0.succeeded(object, at: wall.now) }
      }
      return nil
    }
    return quarantine.withLock { $0.failed(failure, object: object, isNew: !report.isKnownToFail, at: wall.now) }
  }

  /// Takes in that a read which concerns everybody failed.
  func note(_ failure: Failure) -> ProtectionEvent? {
    quarantine.withLock { $0.failed(failure, object: nil, isNew: true, at: wall.now) }
  }

  /// - Parameter failure: Nil when both sides answered as they should.
  func probed(_ failure: Failure?) async -> ProtectionEvent? {
    let event = quarantine.withLock { $0.probed(failure, at: wall.now) }
    await store()
    return event
  }

  func lift(forgetting: Bool) -> ProtectionEvent? {
    quarantine.withLock { $0.lift(forgetting: forgetting) }
  }

  /// - Returns: Whether there is something to probe for.
  func hastenProbe() -> Bool {
    quarantine.withLock { $0.hasten(at: wall.now) }
  }

  /// Stores the quarantine as it is now. Should that fail, a process that starts meanwhile finds out by itself.
  func store() async {
    do throws(Failure) {
      try await state.setQuarantine(quarantineStatus)
    } catch {
      observer.readFailed(.removals, error)
    }
  }
}
