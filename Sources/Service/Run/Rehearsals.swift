import HTTPTransport
import Logging
import ProvisioningModel
import Reconciler
import Storage
import SynchronizationJob
import WorkQueue

/// What would happen, found out by the code that makes it happen: the same job, over a target that sends nothing and a copy of the
/// state that is thrown away. Reads go to both sides; nothing is written anywhere.
extension Assembly {
  /// An object that fails for the moment is tried so often; a person waits.
  private var rehearsalAttempts: Int { min(4, settings.queue.retryAttempts) }

  /// Rehearses a full cycle.
  /// - Throws: The failure that ended the cycle.
  func rehearseCycle(
    progress: @escaping @Sendable (CycleProgress) -> Void
  ) async throws(Failure) -> Plan {
    let observer = PlanObserver()
    _ = try await rehearse(observer) { job throws(Failure) in
      try await job.reporting(progress) { () throws(Failure) in
        try await job.runOnce(full: true, workers: settings.queue.workers)
      }
    }
    return observer.plan
  }

  /// Rehearses provision on demand.
  func rehearseOnDemand(_ subjects: [JobSubject]) async throws(Failure) -> [ProvisioningLogEntry] {
    try await rehearse(PlanObserver()) { job throws(Failure) in
      try await job.runOnDemand(subjects, workers: settings.queue.workers)
    }.map(\.asRehearsed)
  }

  private func rehearse<Answer: Sendable>(
    _ observer: any JobObserver, _ body: (Job<ServiceClock>) async throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    let state = try await copyState()
    defer { state.close() }
    // A pause holds back writes, and there are none.
    var record = try await state.jobRecord()
    record.isPaused = false
    try await state.setJobRecord(record)
    let job = makeJob(state, target: RehearsalTarget(target), attempts: rehearsalAttempts, observer: observer)
    return try await withTaskExecutorPreference(WorkerThreads.shared) { () async throws(Failure) in
      try await body(job)
    }
  }
}

extension Job {
  /// Tells several times a second how far a cycle is, while the body runs it.
  func reporting<Answer: Sendable>(
    _ progress: @escaping @Sendable (CycleProgress) -> Void,
    _ body: () async throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    let reporter = Task {
      while !Task.isCancelled {
        if let state = self.progress { progress(state) }
        try await Task.sleep(for: .milliseconds(200))
      }
    }
    defer { reporter.cancel() }
    return try await body()
  }
}

extension ProvisioningLogEntry {
  /// Says of its last step that nothing was sent.
  fileprivate var asRehearsed: ProvisioningLogEntry {
    var entry = self
    for index in steps.indices where steps[index].kind == .export && steps[index].status != .skipped {
      entry.steps[index].details["dryRun"] = "True"
      if steps[index].status == .success {
        entry.steps[index].description = "Not sent, as this is a dry run; otherwise: \(steps[index].description)"
      }
    }
    return entry
  }
}
