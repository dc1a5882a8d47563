package import ProvisioningModel
package import ProvisioningRules
package import Reconciler

/// Hears what a job does, for logs, metrics and the terminal. Called from workers: it must not block.
package protocol JobObserver: Sendable {
  /// A run of one user ended. `latency` is the time since the live signal that caused it, if one did.
  func ran(_ report: RunReport, latency: Duration?)
  /// Reading the assignments, or the members of a group, failed; it is tried again.
  func readFailed(_ key: WorkKey, _ failure: Failure)
  func cycleBegan(_ kind: CycleKind, id: String)
  func cycleEnded(_ report: CycleReport)
  /// Many new people were handed to xMatters as files.
  func peopleUploaded(_ report: BulkReport)
  /// The running cycle was ended by a pause or a restart.
  func cycleBrokenOff()
  /// `retryIn` is when the next one begins.
  func cycleFailed(_ kind: CycleKind, _ failure: Failure, retryIn: Duration)
  /// The job paused or goes on, or removals are held: something to tell a person, once.
  func protectionChanged(_ event: ProtectionEvent)
  /// What changed between cycles could not be read; the next pulse, or the cycle, tries again.
  func pulseFailed(_ failure: Failure)
}

extension JobObserver {
  package func pulseFailed(_ failure: Failure) {}
}
