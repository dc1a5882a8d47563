package import ProvisioningModel
package import ProvisioningRules
package import Reconciler
import Synchronization

/// Gathers a plan while a rehearsed job runs.
package final class PlanObserver: JobObserver {
  private let storage = Mutex(Plan())

  package init() {}

  package var plan: Plan { storage.withLock { $0 } }

  package func ran(_ report: RunReport, latency: Duration?) {
    storage.withLock { $0.note(report) }
  }

  package func readFailed(_ key: WorkKey, _ failure: Failure) {}
  package func cycleBegan(_ kind: CycleKind, id: String) {}
  package func peopleUploaded(_ report: BulkReport) {}
  package func cycleEnded(_ report: CycleReport) {}
  package func cycleBrokenOff() {}
  package func cycleFailed(_ kind: CycleKind, _ failure: Failure, retryIn: Duration) {}
  package func protectionChanged(_ event: ProtectionEvent) {}
}
