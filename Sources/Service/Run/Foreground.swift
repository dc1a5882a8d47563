import HTTPTransport
import Logging
import MicrosoftGraph
package import ProvisioningModel
package import Reconciler
import Storage
package import SynchronizationJob
import WorkQueue

/// What a command does in the foreground, without a listener.
package enum Foreground {
  /// One cycle.
  /// - Parameter progress: Called several times a second while a cycle runs.
  /// - Throws: The failure that ended the cycle.
  package static func sync(
    _ assembly: Assembly, full: Bool,
    progress: @escaping @Sendable (CycleProgress) -> Void
  ) async throws(Failure) -> CycleReport {
    try await closing(assembly) { () throws(Failure) in
      try await withJob(assembly) { job throws(Failure) in
        try await job.reporting(progress) { () throws(Failure) in
          try await job.runOnce(full: full, workers: assembly.settings.queue.workers)
        }
      }
    }
  }

  /// What a full cycle would do.
  /// - Throws: The failure that ended the cycle.
  package static func plan(
    _ assembly: Assembly, progress: @escaping @Sendable (CycleProgress) -> Void
  ) async throws(Failure) -> (plan: Plan, job: JobIdentity) {
    try await closing(assembly) { () throws(Failure) in
      let plan = try await assembly.rehearseCycle(progress: progress)
      return (plan, JobIdentity(assembly.settings, application: try? await assembly.directory.application()))
    }
  }

  /// Provision on demand.
  /// - Parameter names: Object ids of users and groups, and user principal names.
  /// - Throws: When one of the names is unknown, or the scope cannot be read.
  package static func provision(
    _ assembly: Assembly, _ names: [String], dryRun: Bool
  ) async throws(Failure) -> (entries: [ProvisioningLogEntry], job: JobIdentity) {
    try await closing(assembly) { () throws(Failure) in
      let directory = assembly.directory
      let entries =
        if dryRun {
          try await assembly.rehearseOnDemand(try await directory.subjects(named: names))
        } else {
          try await withJob(assembly) { job throws(Failure) in
            let subjects = try await directory.subjects(named: names)
            return try await job.runOnDemand(subjects, workers: assembly.settings.queue.workers)
          }
        }
      return (entries, JobIdentity(assembly.settings, application: try? await assembly.directory.application()))
    }
  }

  /// Rewrites the external keys of linked people and groups.
  /// - Parameter former: The prefix that they carry.
  /// - Throws: The first failure; what was rewritten stays so.
  package static func migrateKeys(
    _ assembly: Assembly, from former: String, isDryRun: Bool
  ) async throws(Failure) -> KeyMigration.Report {
    try await closing(assembly) { () throws(Failure) in
      let state = isDryRun ? try await assembly.copyState() : try openState(assembly)
      defer { state.close() }
      let migration = KeyMigration(
        target: assembly.target, state: state, from: former, to: assembly.settings.identity.prefix,
        serviceAccount: ServiceAccount(name: assembly.settings.xmatters.username))
      return try await migration.run(isDryRun: isDryRun)
    }
  }

  private static func withJob<Answer: Sendable>(
    _ assembly: Assembly, _ body: (Job<Assembly.ServiceClock>) async throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    let state = try openState(assembly)
    defer { state.close() }
    let observer = ServiceObserver(
      metrics: assembly.metrics, logger: assembly.logger, clock: assembly.clock, onRun: nil)
    let answer = try await body(assembly.makeJob(state, observer: observer))
    try await LogRetention(
      state: state, age: assembly.settings.logRetention, clock: assembly.clock, uptime: Uptime(ContinuousClock())
    ).apply()
    return answer
  }

  private static func openState(_ assembly: Assembly) throws(Failure) -> SQLiteState {
    do throws(Failure) {
      return try assembly.openState()
    } catch  where error.code == .stateInUse {
      var failure = error
      failure.advice =
        "A service seems to run: ask it instead, by POST /api/v1/job/provisionOnDemand or /api/v1/job/restart of its admin API, or stop it. "
        + "plan and provision --dry-run work beside it."
      throw failure
    }
  }

  private static func closing<Answer: Sendable>(
    _ assembly: Assembly, _ body: () async throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    let result: Result<Answer, Failure>
    do throws(Failure) { result = .success(try await body()) } catch { result = .failure(error) }
    await assembly.client.shutdown()
    return try result.get()
  }
}
