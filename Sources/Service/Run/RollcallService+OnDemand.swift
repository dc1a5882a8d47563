import Reconciler
package import ProvisioningModel
package import SynchronizationJob

extension RollcallService {
  /// Provisions users, and groups with their members, now (docs/http-api.md, "Provision on demand").
  /// - Parameter dryRun: Finds out what would be done; nothing is sent to xMatters and nothing is stored.
  /// - Returns: One entry per user, in the order asked for, then one per group, each with its five steps; the failure of one object is an entry
  ///   too.
  /// - Throws: When the assignments or the members of a group cannot be read, or more than 5,000 users are concerned.
  package func provisionOnDemand(
    subjects: [JobSubject], dryRun: Bool
  ) async throws(Failure) -> [ProvisioningLogEntry] {
    dryRun ? try await assembly.rehearseOnDemand(subjects) : try await job.provisionOnDemand(subjects)
  }
}

extension RollcallService {
  /// What the job is called in answers.
  package var identity: JobIdentity {
    get async { JobIdentity(assembly.settings, application: await job.scope.application) }
  }
}
