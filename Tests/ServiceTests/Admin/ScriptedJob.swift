import ProvisioningModel
import ProvisioningRules
import Reconciler
import Synchronization
import SynchronizationJob
import TestSupport
import WorkQueue
@testable import Service

/// A job that notes its orders, and is as a test says.
final class ScriptedJob: Sendable {
  enum Order: Hashable, Sendable {
    case start, pause
    case restart(ResetScope)
    case provision([JobSubject], dryRun: Bool)
    case retryEscrows([ObjectID]?)
    case allow(RemovalSelection)
    case keep(RemovalSelection)
  }

  private struct Storage {
    var orders: [Order] = []
    var overview = JobOverview(
      status: JobStatus(), progress: nil, quarantine: nil, heldRemovals: 0, orphans: 0, entryCounts: [:],
      queue: QueueStatistics(),
      subscriptions: [], interval: .seconds(1200), heartbeat: FixedClock.start, credentialExpiration: nil)
    var failure: Failure?
    var removals: [HeldRemoval] = []
    var standings: [ObjectID: Standing] = [:]
    var comparisons: [ObjectID: [AttributeComparison]] = [:]
    var connection: ConnectionFailure?
  }

  private let storage = Mutex(Storage())

  var orders: [Order] { storage.withLock { $0.orders } }

  var removals: [HeldRemoval] { storage.withLock { $0.removals } }
  let freshness = Freshness(uptime: { .zero })
  var standings: [ObjectID: Standing] {
    get { storage.withLock { $0.standings } }
    set { storage.withLock { $0.standings = newValue } }
  }
  var comparisons: [ObjectID: [AttributeComparison]] {
    get { storage.withLock { $0.comparisons } }
    set { storage.withLock { $0.comparisons = newValue } }
  }
  func hold(_ removals: [HeldRemoval]) { storage.withLock { $0.removals = removals } }
  /// What every order meets from now on.
  func fail(with failure: Failure?) { storage.withLock { $0.failure = failure } }
  func connection(fails failure: ConnectionFailure?) { storage.withLock { $0.connection = failure } }
  func change(_ body: (inout JobOverview) -> Void) { storage.withLock { body(&$0.overview) } }

  func take(_ order: Order) throws(Failure) {
    let failure = storage.withLock { storage in
      storage.orders.append(order)
      return storage.failure
    }
    if let failure { throw failure }
  }

  var operations: JobOperations {
    JobOperations(
      overview: { self.storage.withLock { $0.overview } }, start: { try self.take(.start) },
      pause: { try self.take(.pause) }, restart: { try self.take(.restart($0)) },
      provisionOnDemand: { subjects, dryRun in
        try self.take(.provision(subjects, dryRun: dryRun))
        return subjects.indices.map { .sample($0) }
      },
      testConnection: { self.storage.withLock { $0.connection } })
  }
}
