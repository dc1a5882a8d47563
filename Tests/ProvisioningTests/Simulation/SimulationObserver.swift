import ProvisioningModel
import ProvisioningRules
import Reconciler
import Synchronization
import SynchronizationJob

/// Notes what the job reports.
final class SimulationObserver: JobObserver {
  private struct Storage {
    var isInCycle = true
    var hasEnded = false
    var cycles: [CycleReport] = []
    var drift = 0
    var events: [ProtectionEvent] = []
    var history: [String] = []
    var onCycleBegin: (@Sendable () -> Void)?
    var onCycleEnd: (@Sendable () -> Void)?
  }

  private let wall: any WallClock
  private let storage = Mutex(Storage())

  init(wall: any WallClock) {
    self.wall = wall
  }

  /// What happened when, for the reader of a failure.
  var history: [String] { storage.withLock { $0.history } }

  private func note(_ text: String) {
    storage.withLock { $0.history.append("\(wall.now) \(text)") }
  }

  var isInCycle: Bool { storage.withLock { $0.isInCycle } }
  var hasEnded: Bool { storage.withLock { $0.hasEnded } }
  /// Those that ended well.
  var cycles: [CycleReport] { storage.withLock { $0.cycles } }
  var events: [ProtectionEvent] { storage.withLock { $0.events } }
  var drift: Int { storage.withLock { $0.drift } }

  func started() {
    note("the process starts")
    storage.withLock { storage in
      storage.isInCycle = true
      storage.hasEnded = false
    }
  }

  func ended() {
    storage.withLock { $0.hasEnded = true }
  }

  func ran(_ report: RunReport, latency: Duration?) {
    let outcome = report.failure.map { "failed: \($0.reason)" } ?? report.skip.map { "\($0)" } ?? "done"
    note("run of \(report.record.objectID): \(report.entry.map { "\($0.action) " } ?? "")\(outcome)")
    if report.foundDrift { storage.withLock { $0.drift += 1 } }
  }

  func readFailed(_ key: WorkKey, _ failure: Failure) {}

  func cycleBegan(_ kind: CycleKind, id: String) {
    note("\(kind) cycle begins")
    storage.withLock { $0.onCycleBegin }?()
    storage.withLock { $0.isInCycle = true }
  }

  /// Called when a cycle begins, and when one has ended well.
  func onCycle(begins: @escaping @Sendable () -> Void, ends: @escaping @Sendable () -> Void) {
    storage.withLock { storage in
      storage.onCycleBegin = begins
      storage.onCycleEnd = ends
    }
  }

  func peopleUploaded(_ report: BulkReport) {
    note("files of new people: \(report)")
  }

  func cycleEnded(_ report: CycleReport) {
    storage.withLock { $0.onCycleEnd }?()
    note("cycle over \(report.objects) ends, \(report.failed) failed")
    storage.withLock { storage in
      storage.isInCycle = false
      storage.cycles.append(report)
    }
  }

  func cycleBrokenOff() {
    storage.withLock { $0.isInCycle = false }
  }

  func cycleFailed(_ kind: CycleKind, _ failure: Failure, retryIn: Duration) {
    note("cycle fails: \(failure.reason)")
    storage.withLock { $0.isInCycle = false }
  }

  func protectionChanged(_ event: ProtectionEvent) {
    note("\(event)".prefix(160) + "")
    storage.withLock { $0.events.append(event) }
  }
}
