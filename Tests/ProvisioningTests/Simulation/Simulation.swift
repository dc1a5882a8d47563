import ProvisioningModel
import ProvisioningRules
import Reconciler
import SynchronizationJob
import TestSupport
import WorkQueue

/// A job over models of directory, xMatters and state, on virtual time and one thread: a seed decides every interleaving, so that what
/// happened once happens again. A crash drops job and queue; the models stay.
final class Simulation {
  struct Options {
    var workers = 3
    var capacity = 1000
    var schedule = CycleSchedule(interval: .seconds(1200), fullInterval: .seconds(86_400))
    var policy = ProvisioningPolicy(mapping: .sample(), fingerprint: 1)
    var confirmation = ConfirmationPolicy(leave: .seconds(2), absence: .seconds(2))
    var scope = ScopeKind.assigned
    var protection = ProtectionPolicy()
    /// So many new people at least go into a file; nil makes everybody one by one.
    var fewestUploads: Int?
    /// What the state has to be a cache of; nil when that is not asked.
    var identity: ConfiguredIdentity?
  }

  let faults: Faults
  let directory: ModelDirectory
  let target: ModelTarget
  let state: MemoryState
  let uploads: ModelUploads
  /// Never wrong.
  let truth = FixedClock()
  /// What the process takes the time for.
  let wall = FixedClock()
  let observer: SimulationObserver
  private let executor: StepExecutor
  let options: Options
  private let seed: UInt64
  private var process: Process?
  private var starts: UInt64 = 0
  /// After so many more steps the process crashes.
  var stepsToCrash: Int?
  /// As soon as there have been more calls of the operation, the process crashes.
  private var crashesAfter: (operation: Operation, calls: Int)?
  /// Whether it is left to the script to start a new one then.
  var staysDown = false
  var isDown: Bool { process == nil }

  /// What a crash takes away.
  private struct Process {
    let job: Job<ManualClock>
    /// The timers of the queue, and those of the cycles, apart, so that it is known which of them has to be set.
    let queueClock: ManualClock
    let jobClock: ManualClock
    let task: Task<Void, Never>
  }

  init(seed: UInt64, options: Options = .init()) {
    let executor = StepExecutor(seed: seed)
    self.executor = executor
    self.seed = seed
    self.options = options
    observer = SimulationObserver(wall: truth)
    faults = Faults(turn: { await executor.turn() })
    directory = ModelDirectory(faults: faults)
    target = ModelTarget(faults: faults)
    state = MemoryState(faults: faults)
    uploads = ModelUploads(target)
  }

  // MARK: The process

  func start() {
    starts += 1
    let (queueClock, jobClock) = (ManualClock(), ManualClock())
    var policy = options.policy
    policy.confirmation = options.confirmation
    let job = Job(
      directory: directory, target: target, state: state,
      scope: Scope(
        directory: directory, kind: options.scope, nestedGroups: false, includesDefaultAccess: false,
        confirmation: options.confirmation, uptime: Uptime(jobClock)),
      policy: policy,
      queue: WorkQueue(
        configuration: WorkQueueConfiguration(
          capacity: options.capacity, backoff: Backoff(initial: .seconds(1), max: .seconds(600)), maxAttempts: 12),
        clock: queueClock, seed: seed &+ starts),
      coalesce: .milliseconds(250), schedule: options.schedule, protection: options.protection, clock: jobClock,
      wall: wall, observer: observer, bulk: options.fewestUploads == nil ? nil : uploads,
      fewestUploads: options.fewestUploads ?? 0, identity: options.identity)
    observer.started()
    let task = Task(executorPreference: executor) { [workers = options.workers, observer] in
      await job.run(workers: workers, liveWorkers: 0)
      observer.ended()
    }
    process = Process(job: job, queueClock: queueClock, jobClock: jobClock, task: task)
  }

  /// The process is gone, in the midst of whatever it did; a new one starts.
  func crash() {
    guard process != nil else { return }
    end()
    start()
  }

  /// The process is gone, and nothing of it is left.
  func end() {
    guard let process else { return }
    self.process = nil
    faults.crash()
    process.task.cancel()
    for _ in 0..<100_000 where !observer.hasEnded { _ = executor.step() }
    // No task is left to wait for these.
    process.queueClock.advance(by: .seconds(1_000_000))
    process.jobClock.advance(by: .seconds(1_000_000))
    while executor.step() {}
    faults.recover()
  }

  func notify(_ objects: [(kind: ObjectKind, id: ObjectID)]) {
    _ = process?.job.notify(objects)
  }

  func requestCycle() {
    process?.job.requestCycle()
  }

  /// The running job; nil before the start.
  var job: Job<ManualClock>? { process?.job }

  /// Gives the job an order and lets it do what it does at once.
  func order(_ body: @escaping @Sendable (Job<ManualClock>) async throws -> Void) async throws {
    guard let job else { return }
    let task = Task(executorPreference: executor) { try await body(job) }
    try await settle()
    try await task.value
  }

  /// Lets through what is held, as an operator would; it may fail like everything else.
  func releaseHeld() {
    guard let job else { return }
    Task(executorPreference: executor) { try await job.allow(.all(before: Timestamp(milliseconds: .max))) }
  }

  var heldRemovals: Int { process?.job.heldRemovals ?? 0 }

  /// Makes so many steps, or as many as there are before time passes.
  func run(steps: Int) async throws {
    var left = steps
    try await until {
      while left > 0, executor.step() { left -= 1 }
      return left == 0 || isSettled
    }
  }

  // MARK: Time

  /// Lets so much time pass, with everything that falls due in it.
  /// - Throws: `Stuck` when the process neither works nor waits.
  func pass(_ duration: Duration) async throws {
    let end = truth.now + duration
    try await settle()
    while let deadline = nextDeadline, deadline <= end {
      try await advance(to: deadline)
      try await settle()
    }
    try await advance(to: end)
  }

  /// Makes the next cycle a full one and runs it, and an incremental one after it.
  func runFullCycle() async throws {
    wall.advance(by: options.schedule.fullInterval)
    requestCycle()
    try await pass(options.schedule.interval + .seconds(600))
  }

  struct Stuck: Error, CustomStringConvertible {
    var description: String
  }

  private var nextDeadline: Timestamp? {
    guard let process else { return nil }
    return [process.queueClock, process.jobClock].compactMap { clock in
      clock.nextDeadline.map { truth.now + (clock.now.duration(to: $0)) + .milliseconds(1) }
    }.min()
  }

  /// Moves time on. What the timers set off is all there before the first step is made, so that the order of steps is up to the seed.
  private func advance(to time: Timestamp) async throws {
    let step = max(time - truth.now, .zero)
    truth.advance(by: step)
    wall.advance(by: step)
    guard let process else { return }
    process.queueClock.advance(by: step)
    try await until { isDealtOut }
    let due = process.jobClock.nextDeadline.map { $0 <= process.jobClock.now.advanced(by: step) } ?? false
    let count = executor.count
    process.jobClock.advance(by: step)
    try await until { !due || executor.count > count }
  }

  /// Once the next call of the operation has had its effect, the process crashes before it does anything else.
  func crash(after operation: Operation) {
    crashesAfter = (operation, faults.calls(operation))
  }

  func planNoCrash() {
    (stepsToCrash, crashesAfter) = (nil, nil)
  }

  private var isCrashDue: Bool {
    if let (operation, calls) = crashesAfter, faults.calls(operation) > calls {
      crashesAfter = nil
      return true
    }
    guard let left = stepsToCrash else { return false }
    stepsToCrash = left > 0 ? left - 1 : nil
    return left == 0
  }

  /// Makes steps until nothing happens before time passes.
  private func settle() async throws {
    try await until {
      while executor.step() {
        if isCrashDue { staysDown ? end() : crash() }
      }
      return isSettled
    }
  }

  /// Timers are tasks of their own and need a moment to do what they do.
  private func until(_ condition: () -> Bool) async throws {
    for _ in 0..<1_000_000 {
      if condition() { return }
      await Task.yield()
    }
    throw Stuck(
      description: """
        neither works nor waits: in a cycle \(observer.isInCycle), steps to make \(executor.count), sleepers \
        \(process?.queueClock.sleepers ?? 0) and \(process?.jobClock.sleepers ?? 0), \
        \(String(describing: process?.job.queue.statistics)), \(String(describing: process?.job.quarantine?.reason))
        """)
  }

  /// Every key that may run is with a worker, or all workers have one.
  private var isDealtOut: Bool {
    guard let process else { return true }
    let queue = process.job.queue.statistics
    if queue.processing == options.workers { return executor.count >= queue.processing }
    guard queue.ready == 0 || queue.isPaused, executor.count >= queue.processing else { return false }
    return queue.delayed == 0 || queue.isPaused || process.queueClock.sleepers > 0
  }

  private var isSettled: Bool {
    guard let process else { return true }
    let queue = process.job.queue.statistics
    guard executor.count == 0, queue.ready == 0 || queue.isPaused, queue.processing == 0 else { return false }
    if queue.delayed > 0, !queue.isPaused, process.queueClock.sleepers == 0 { return false }
    if process.job.status.record.isPaused { return true }
    if process.job.quarantine?.reason == .configurationChanged { return true }
    if let quarantine = process.job.quarantine, quarantine.reason != .tooManyDeletes {
      return quarantine.isDisabled || process.jobClock.sleepers > 0
    }
    return observer.isInCycle || process.jobClock.sleepers > 0
  }
}

extension Simulation {
  /// What the directory says of the user now; nil for a user who is not to be active.
  func rolesInScope(_ user: DirectoryUser) -> Set<ObjectID>? {
    let source = SourceAttributes(user: user, appRoles: [], isSoftDeleted: false)
    guard user.accountEnabled, (try? options.policy.filters.evaluate(source).passes) == true else { return nil }
    return directory.roles(of: user.id) ?? (options.scope == .all ? [] : nil)
  }

  /// Everybody who is to be active now.
  var usersInScope: Set<ObjectID> { Set(directory.users.values.filter { rolesInScope($0) != nil }.map(\.id)) }
}
