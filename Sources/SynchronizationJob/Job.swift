package import ProvisioningModel
package import ProvisioningRules
package import Reconciler
import Synchronization
package import WorkQueue

/// When cycles run.
package struct CycleSchedule: Hashable, Sendable {
  package var interval: Duration
  package var fullInterval: Duration

  /// Between two looks at what has changed; zero for none.
  package var pulse: Duration
  /// What reading the list of assignments between cycles may cost; the pulse reads no more of it.
  package var assignmentRequestsPerMinute: Int

  package init(
    interval: Duration, fullInterval: Duration, pulse: Duration = .zero, assignmentRequestsPerMinute: Int = 12
  ) {
    self.interval = interval
    self.fullInterval = fullInterval
    self.pulse = pulse
    self.assignmentRequestsPerMinute = assignmentRequestsPerMinute
  }
}

/// The synchronization job: signals go into the queue, workers take objects out of it, cycles catch what was missed.
package final class Job<C: Clock>: Sendable where C.Duration == Duration {
  package typealias Queue = WorkQueue<WorkKey, C>

  struct Condition {
    /// What a former process has left is known.
    var isRestored = false
    /// The process ends with the cycle.
    var isInForeground = false
    /// Whether everything that waits for another object has been queued.
    var scopeIsSettled = true
    /// A person is in xMatters that only a listing of people finds: the next cycle is a full one.
    var listingIsDue = false
    /// The state is known to be one of what is configured.
    var isIdentified = false
    var identityHold: QuarantineStatus?
    var lastCycle: CycleReport?
    var cycles = 0
  }

  package let queue: Queue
  package let tracker = CycleTracker()
  let desk = OnDemandDesk()
  package let scope: Scope
  let provisioner: Provisioner
  let safeguards: Safeguards
  let keeper: StatusKeeper
  /// A cycle's, or that of what must not happen during one.
  let turn = Turn()
  let state: any State
  /// What the state has to be a cache of; nil when that is not asked.
  let identity: ConfiguredIdentity?
  let cycle: Cycle
  let schedule: CycleSchedule
  let coalesce: Duration
  let wall: any WallClock
  let clock: C
  let observer: any JobObserver
  let assignmentReads = Mutex(ReadPacing<C.Instant>())
  let uptime: Uptime
  let assignmentBudget: Mutex<AssignmentBudget>
  let jitter: Mutex<SplitMix>
  let condition = Mutex(Condition())
  let requests: AsyncStream<Void>
  let request: AsyncStream<Void>.Continuation

  package init(
    directory: any Directory, target: any Target, state: any State, scope: Scope, policy: ProvisioningPolicy,
    queue: Queue, coalesce: Duration, schedule: CycleSchedule, protection: ProtectionPolicy = .init(), clock: C,
    wall: any WallClock, observer: any JobObserver, bulk: (any BulkTarget)? = nil,
    fewestUploads: Int = UploadPlan.fewest, identity: ConfiguredIdentity? = nil,
    seed: UInt64 = .random(in: .min ... .max)
  ) {
    let uptime = Uptime(clock)
    self.uptime = uptime
    assignmentBudget = Mutex(AssignmentBudget(perMinute: schedule.assignmentRequestsPerMinute, now: uptime.now))
    jitter = Mutex(SplitMix(seed: seed))
    let snapshot = PeopleSnapshot()
    let readAhead = ReadAhead()
    let groupSnapshot = GroupSnapshot()
    let escrows = EscrowSchedule(interval: schedule.interval)
    let safeguards = Safeguards(protection, state: state, wall: wall, uptime: uptime, observer: observer)
    self.safeguards = safeguards
    keeper = StatusKeeper(state: state, wall: wall)
    self.queue = queue
    self.scope = scope
    self.state = state
    self.identity = identity
    self.schedule = schedule
    self.coalesce = coalesce
    self.clock = clock
    self.wall = wall
    self.observer = observer
    let provisioner = Provisioner(
      directory: directory, target: target, state: state, scope: scope, policy: policy, clock: wall,
      snapshot: snapshot, groupSnapshot: groupSnapshot, readAhead: readAhead, escrows: escrows,
      uptime: uptime, concernsOnly: { safeguards.concernsOnly($0, $1) },
      mayRemove: { [keeper] in !keeper.isPaused && safeguards.isRemovalPermitted($0) })
    self.provisioner = provisioner
    let sleep = { @Sendable (duration: Duration) async throws(Failure) in
      do { try await clock.sleep(for: duration) } catch { throw Failure.cancelled }
    }
    cycle = Cycle(
      directory: directory, target: target, state: state, scope: scope, policy: policy, clock: wall,
      snapshot: snapshot, readAhead: readAhead, groupSnapshot: groupSnapshot, tracker: tracker,
      safeguards: safeguards, escrows: escrows, creations: provisioner.creations,
      serviceAccount: provisioner.serviceAccount,
      evidence: provisioner.evidence, sleep: sleep,
      // What is lost at once is judged together, which takes keys that are in hand.
      recheck: { wait in _ = queue.add(.assignments, priority: .live, after: wait) },
      bulk: BulkLane.isOfUse(policy)
        ? bulk.map {
          BulkLane(
            target: $0, provisioner: provisioner, reportUpload: { observer.peopleUploaded($0) }, fewest: fewestUploads,
            sleep: sleep)
        } : nil,
      enqueue: { key throws(Failure) in try await Self.enqueue(key, in: queue, clock: clock) })
    (requests, request) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// The last cycle that ended well in this process.
  package var lastCycle: CycleReport? { condition.withLock { $0.lastCycle } }

  /// Makes the next cycle begin now, or right after the running one.
  package func requestCycle() {
    request.yield()
  }

  // MARK: Work

  /// Works through the queue with so many workers and runs cycles on schedule, until the task is cancelled.
  /// - Parameter liveWorkers: Beside the others; they take live work only, so that what a cycle gets stuck with never holds up all of
  ///   them.
  package func run(workers: Int, liveWorkers: Int = 1) async {
    await restore()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<liveWorkers {
        group.addTask { await self.work(liveOnly: true) }
      }
      for _ in 0..<workers {
        group.addTask { await self.work() }
      }
      group.addTask { await self.runCycles() }
      group.addTask { await self.runPulse() }
    }
  }

  /// Works through the queue with so many workers while one cycle runs, for a cycle in the foreground.
  /// - Throws: What ended the cycle, or what keeps the job from running: quarantine or a pause.
  package func runOnce(full: Bool, workers: Int) async throws(Failure) -> CycleReport {
    try await withWorkers(workers) { () throws(Failure) in
      try await self.runCycle(full ? .full : nil)
    }
  }

  /// Works through the queue with so many workers until the body ends.
  /// - Throws: What the body throws, or what keeps the job from running: quarantine or a pause.
  func withWorkers<Answer: Sendable>(
    _ workers: Int, _ body: () async throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    condition.withLock { $0.isInForeground = true }
    await restore()
    try checkNotPaused()
    if safeguards.quarantineStatus != nil { _ = await probe() }
    try safeguards.checkMayWork()
    try await identify()
    let result = await withTaskGroup(of: Void.self) { group -> Result<Answer, Failure> in
      for _ in 0..<workers {
        group.addTask { await self.work() }
      }
      defer { group.cancelAll() }
      do throws(Failure) {
        return .success(try await body())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func work(liveOnly: Bool = false) async {
    while let item = await queue.next(liveOnly: liveOnly) {
      await Urgency.$isLive.withValue(item.priority != .cycle) { await self.process(item) }
    }
  }

  private func process(_ item: Queue.Item) async {
    switch item.key {
    case .user(let id):
      await run(id, item) { cycleID, removals, onDemand throws(Failure) in
        try await self.provisioner.run(id, cycleID: cycleID, removals: removals, onDemand: onDemand)
      }
    case .group(let id): await runGroup(id, item)
    case .members(let id): await readMembers(of: id, item)
    case .assignments:
      await read(item) { () throws(Failure) in
        let users = try await self.readAssignments()
        try await self.queueUnsettledGroups(item.priority)
        return users
      }
    case .removals: await judgeRemovals(item)
    }
  }

  /// Runs once for one object and sees to what follows from it.
  func run(
    _ object: ObjectID, _ item: Queue.Item,
    _ body: (_ cycleID: String?, RemovalPermission, _ onDemand: Bool) async throws(Failure) -> RunReport
  ) async {
    guard await scope.isComplete else {
      // Before the assignments are known nothing can be decided: no attempt is spent on it.
      putBack(item, after: .seconds(1))
      return
    }
    let tickets = desk.tickets(for: object)
    let permission = safeguards.permission(for: object)
    let report: RunReport
    let cycleID = tracker.cycleID(of: item.key)
    do throws(Failure) {
      var ran = try await body(cycleID, permission, !tickets.isEmpty)
      ran.signal = item.priority == .live ? .notification : item.priority == .pulse ? .pulse : .cycle
      ran.age = queue.age(of: item)
      report = ran
    } catch {
      // The outcome could not be recorded: nothing may be concluded from this run, and the cycle must not pass it.
      observer.readFailed(item.key, error)
      tracker.stop(error)
      desk.give(.failure(error), to: tickets, for: object)
      _ = queue.finish(item, .retry)
      return
    }
    let latency = latency(of: item)
    observer.ran(report, latency: latency)
    keeper.ran(report, cycleID: cycleID, latency: latency)
    await protectionChanged(safeguards.note(report))
    if report.failure?.remedy == .quarantine {
      desk.give(.success(report.account), to: tickets, for: object)
      putBack(item)
      return
    }
    noteRemoval(report, item)
    let outcome = outcome(of: report)
    let disposition = queue.finish(item, outcome)
    let comesBackSoon = disposition.comesBackSoon(after: outcome)
    if report.foundHiddenPerson { condition.withLock { $0.listingIsDue = true } }
    // Those that the lost person supervised may have been looked at just before.
    if report.record.entitlement == .forgetAll { unsettleScope() }
    await queueWaiting(report)
    await queueNamesakes(report)
    await queueGroups(report, item.priority)
    // What passes within seconds, or is to be judged, is waited for.
    if !comesBackSoon, report.plannedRemoval == nil || permission == .held {
      desk.give(.success(report.account), to: tickets, for: object)
    }
    if disposition == .runsAgain || comesBackSoon { return }
    if let wait = report.lookAgain { _ = queue.add(item.key, priority: .live, after: wait) }
    if waitsForConfirmation(report) { return }
    if report.plannedRemoval != nil {
      settlePlanned(object, item.key)
    } else {
      if report.failure == nil, report.entry == nil, report.skip?.concernsUs == true { lookAgain(item) }
      tracker.settle(item.key, failed: report.failure != nil)
    }
  }

  /// A cycle in the foreground ends with the process: what only another look can tell within seconds is part of it.
  private func waitsForConfirmation(_ report: RunReport) -> Bool {
    guard let wait = report.lookAgain, report.failure == nil else { return false }
    return wait <= provisioner.policy.confirmation.leave && condition.withLock { $0.isInForeground }
  }

  /// Gives a key back that could not be worked on for no fault of its own.
  func putBack(_ item: Queue.Item, after delay: Duration = .zero) {
    // Asked for while it is processed, it runs again whatever the queue's capacity.
    _ = queue.add(item.key, priority: item.priority, after: delay)
    _ = queue.finish(item, .done)
  }

  private func outcome(of report: RunReport) -> Queue.Outcome {
    switch report.failure?.remedy {
    case nil: .done
    case .retry(let after?): .retryAfter(after)
    case .retry(after: nil), .reread, .cancelled, .quarantine: .retry
    // Looked at again when its source changes, and by a cycle when it is due.
    case .escrow: .giveUp
    }
  }

  private func read(_ item: Queue.Item, _ refresh: () async throws(Failure) -> Set<ObjectID>) async {
    do throws(Failure) {
      let affected = try await refresh()
      queueAffected(affected, priority: item.priority)
      let confirmation = await scope.untilConfirmation
      if let confirmation { queueAssignments(item.priority, after: confirmation) }
      _ = queue.finish(item, .done)
      if affected.isEmpty, confirmation == nil { lookAgain(item) }
    } catch {
      observer.readFailed(item.key, error)
      await protectionChanged(safeguards.note(error))
      if error.remedy == .quarantine { putBack(item) } else { _ = queue.finish(item, .retry) }
    }
  }

  /// Reads the members of an assigned group. With nested groups any other may stand inside of one that is: then one read of all of them
  /// serves however many have changed.
  private func readMembers(of group: ObjectID, _ item: Queue.Item) async {
    guard await !scope.isAssigned(group: group) else {
      return await read(item) { () throws(Failure) in try await self.scope.refreshGroup(group) }
    }
    let hasInnerChange = await scope.hasInnerChange
    if hasInnerChange { queueAssignments(item.priority) }
    _ = queue.finish(item, .done)
    if hasInnerChange { lookAgain(item) }
  }

  /// Queues the users that a change of the scope concerns.
  func queueAffected(_ users: Set<ObjectID>, priority: QueuePriority) {
    guard queue.add(contentsOf: users.sorted().map { .user($0) }, priority: priority) == .full else { return }
    // The next cycle finds them by the entitlement with which they were last looked at.
    requestCycle()
  }

  /// Whether what a former process has left is known; nothing is begun before.
  var isRestored: Bool { condition.withLock { $0.isRestored } }

  func noteRestored() {
    condition.withLock { $0.isRestored = true }
  }

  /// What has changed in scope is not all in the queue: the next cycle looks at everybody.
  func unsettleScope() {
    condition.withLock { $0.scopeIsSettled = false }
  }

  private static func enqueue(_ key: WorkKey, in queue: Queue, clock: C) async throws(Failure) {
    while true {
      switch queue.add(key, priority: .cycle) {
      case .added, .merged: return
      case .closed: throw .cancelled
      case .full:
        do { try await clock.sleep(for: .milliseconds(100)) } catch { throw .cancelled }
      }
    }
  }

  func pause(for duration: Duration) async {
    try? await clock.sleep(for: duration)
  }
}

extension WorkDisposition {
  /// Whether a caller that waits for the outcome does better to wait for the next run.
  fileprivate func comesBackSoon(after outcome: WorkOutcome) -> Bool {
    switch self {
    case .retries(let delay, let attempt): delay <= .seconds(15) && attempt <= 4
    // What failed for the moment is done once more for callers that asked meanwhile.
    case .runsAgain: outcome != .done && outcome != .giveUp
    case .done, .dead: false
    }
  }
}
