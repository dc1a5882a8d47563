import HTTPTransport
import Logging
package import Provisioning
import Storage
import WorkQueue

/// One cycle in the foreground.
package enum Foreground {
  /// - Parameter progress: Called several times a second while a cycle runs.
  /// - Throws: The failure that ended the cycle.
  package static func sync(
    _ assembly: Assembly, full: Bool,
    progress: @escaping @Sendable (CycleProgress) -> Void
  ) async throws(Failure) -> CycleReport {
    let state = try assembly.openState()
    let job = assembly.makeJob(
      state,
      observer: ServiceObserver(metrics: assembly.metrics, logger: assembly.logger, clock: assembly.clock, onRun: nil))
    let reporter = Task {
      while !Task.isCancelled {
        if let state = job.progress { progress(state) }
        try await Task.sleep(for: .milliseconds(200))
      }
    }
    defer { reporter.cancel() }
    let result: Result<CycleReport, Failure>
    do throws(Failure) {
      let report = try await job.runOnce(full: full, workers: assembly.settings.queue.workers)
      try await LogRetention(state: state, age: assembly.settings.logRetention, clock: assembly.clock).apply()
      result = .success(report)
    } catch {
      result = .failure(error)
    }
    await assembly.client.shutdown()
    state.close()
    return try result.get()
  }
}
