import ProvisioningRules
import ProvisioningModel
import Reconciler
import SynchronizationJob
import TestSupport
import WorkQueue

/// Runs jobs over models in the foreground, on virtual time: whatever a queue waits for comes at once.
struct JobRig {
  let directory: ModelDirectory
  let target: ModelTarget
  let state: MemoryState
  let wall = FixedClock()
  var policy = ProvisioningPolicy(mapping: .sample(), fingerprint: 1)
  var workers = 1
  /// Takes files of new people; nil makes everybody one by one.
  var uploads: (any BulkTarget)?
  var fewestUploads = UploadPlan.fewest

  init(faults: Faults = Faults()) {
    directory = ModelDirectory(faults: faults)
    target = ModelTarget(faults: faults)
    state = MemoryState(faults: faults)
  }

  /// Makes a user and assigns it.
  func hire(_ user: DirectoryUser) {
    directory.put(user)
    directory.assign(user.id)
  }

  /// A cycle for good.
  /// - Parameter full: False for the one that is due.
  /// - Returns: What it did.
  @discardableResult
  func runCycle(full: Bool = true) async throws -> Plan {
    let observer = PlanObserver()
    try await run(target, state, observer) { job, workers in
      _ = try await job.runOnce(full: full, workers: workers)
    }
    return observer.plan
  }

  /// A full cycle for good, told to the observer.
  func runCycle(toldTo observer: any JobObserver) async throws {
    try await run(target, state, observer) { job, workers in
      _ = try await job.runOnce(full: true, workers: workers)
    }
  }

  /// A full cycle rehearsed.
  func plan() async throws -> Plan {
    let observer = PlanObserver()
    try await run(RehearsalTarget(target), state.copy(), observer) { job, workers in
      _ = try await job.runOnce(full: true, workers: workers)
    }
    return observer.plan
  }

  /// - Parameter begin: Called with the job before it begins.
  func provision(
    _ subjects: [JobSubject], dryRun: Bool = false, begin: @escaping @Sendable (Job<ManualClock>) -> Void = { _ in }
  ) async throws -> [ProvisioningLogEntry] {
    try await run(dryRun ? RehearsalTarget(target) : target, dryRun ? state.copy() : state, PlanObserver()) {
      job, workers in
      begin(job)
      return try await job.runOnDemand(subjects, workers: workers)
    }
  }

  private func run<Answer: Sendable>(
    _ target: any Target, _ state: any State, _ observer: any JobObserver,
    _ body: @escaping @Sendable (Job<ManualClock>, _ workers: Int) async throws -> Answer
  ) async throws -> Answer {
    let (queueClock, jobClock) = (ManualClock(), ManualClock())
    var policy = policy
    // One look is enough: the job's clock stands still.
    policy.confirmation = .init(leave: .zero, absence: .zero)
    let job = Job(
      directory: directory, target: target, state: state,
      scope: Scope(
        directory: directory, nestedGroups: false, includesDefaultAccess: false,
        confirmation: policy.confirmation, uptime: Uptime(jobClock)), policy: policy,
      queue: WorkQueue(
        configuration: WorkQueueConfiguration(
          capacity: 1000, backoff: Backoff(initial: .seconds(1), max: .seconds(60)), maxAttempts: 4),
        clock: queueClock, seed: 1),
      coalesce: .zero, schedule: CycleSchedule(interval: .seconds(1200), fullInterval: .seconds(86_400)),
      clock: jobClock, wall: wall, observer: observer, bulk: uploads, fewestUploads: fewestUploads)
    // Nothing but an upload is waited for on the job's clock; what is bounded by it may take its time.
    let clocks = uploads == nil ? [queueClock] : [queueClock, jobClock]
    let timers = Task { [wall] in
      while !Task.isCancelled {
        for clock in clocks {
          guard let deadline = clock.nextDeadline else { continue }
          let step = clock.now.duration(to: deadline) + .milliseconds(1)
          wall.advance(by: step)
          clock.advance(by: step)
        }
        await Task.yield()
      }
    }
    defer { timers.cancel() }
    return try await body(job, workers)
  }
}
