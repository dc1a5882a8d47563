package import ProvisioningModel
import Synchronization

/// Knows which objects a running cycle still waits for. The cycle adds, the workers settle.
package final class CycleTracker: Sendable {
  private struct Storage {
    var cycleID: String?
    var outstanding: Set<WorkKey> = []
    /// Removals that wait to be judged once everything else is done.
    var postponed: Set<WorkKey> = []
    var total = 0
    var settled = 0
    var failed = 0
    var stop: Failure?
    /// Keys to be looked at once more by the next cycle.
    var revisits: Set<WorkKey> = []
    var waiter: (limit: Int, continuation: CheckedContinuation<Void, Never>)?

    /// The waiter, when what it waits for has come.
    mutating func takeReadyWaiter() -> CheckedContinuation<Void, Never>? {
      guard let waiter, stop != nil || outstanding.count <= waiter.limit else { return nil }
      self.waiter = nil
      return waiter.continuation
    }
  }

  private let storage = Mutex(Storage())

  package init() {}

  /// The id of the running cycle, when the key belongs to it.
  package func cycleID(of key: WorkKey) -> String? {
    storage.withLock { $0.outstanding.contains(key) || $0.postponed.contains(key) ? $0.cycleID : nil }
  }

  /// - Parameter revisiting: Keys to be looked at once more by the next cycle, as far as they do not fail in this one.
  package func begin(cycleID: String, total: Int, revisiting: Set<WorkKey> = []) {
    storage.withLock {
      $0.cycleID = cycleID
      $0.outstanding = []
      $0.postponed = []
      $0.total = total
      $0.settled = 0
      $0.failed = 0
      $0.stop = nil
      $0.revisits = revisiting
    }
  }

  /// The keys to be looked at once more that have not failed: an escrow has a time of its own.
  package var revisits: Set<WorkKey> { storage.withLock { $0.revisits } }

  package func add(_ key: WorkKey) {
    storage.withLock { _ = $0.outstanding.insert(key) }
  }

  /// The running cycle also waits for this key, when it waits for the other one, which made it necessary.
  /// - Returns: False when nothing waits for the other one, or the cycle waits for this key already.
  package func add(_ key: WorkKey, because cause: WorkKey) -> Bool {
    storage.withLock { storage in
      guard storage.outstanding.contains(cause), storage.outstanding.insert(key).inserted else { return false }
      storage.total += 1
      return true
    }
  }

  /// The key is applied, or its failure is stored as an escrow.
  package func settle(_ key: WorkKey, failed: Bool) {
    let waiter = storage.withLock { storage -> CheckedContinuation<Void, Never>? in
      guard storage.outstanding.remove(key) ?? storage.postponed.remove(key) != nil else { return nil }
      storage.settled += 1
      if failed {
        storage.failed += 1
        storage.revisits.remove(key)
      }
      return storage.takeReadyWaiter()
    }
    waiter?.resume()
  }

  // MARK: Removals come last

  /// The key is a removal: what becomes of it is known when everything else is done.
  /// - Parameter isPlanned: Asked under the lock, so that a judgement that is passed meanwhile is not overlooked.
  /// - Returns: Whether it is still planned.
  package func postpone(_ key: WorkKey, if isPlanned: () -> Bool) -> Bool {
    let (result, waiter) = storage.withLock { storage -> (Bool, CheckedContinuation<Void, Never>?) in
      guard isPlanned() else { return (false, nil) }
      guard storage.outstanding.remove(key) != nil else { return (true, nil) }
      storage.postponed.insert(key)
      return (true, storage.takeReadyWaiter())
    }
    waiter?.resume()
    return result
  }

  package var hasPostponed: Bool { storage.withLock { !$0.postponed.isEmpty } }

  /// Removals that were let through: they are waited for again.
  package func resume(_ keys: [WorkKey]) {
    storage.withLock { storage in
      for key in keys where storage.postponed.remove(key) != nil { storage.outstanding.insert(key) }
    }
  }

  /// The removals have been judged: the cycle does not wait for those that were not let through.
  package func settlePostponed() {
    storage.withLock { storage in
      storage.settled += storage.postponed.count
      storage.postponed = []
    }
  }

  /// The judgement that the cycle waited for has been passed.
  package func finishJudging() {
    let waiter = storage.withLock { storage -> CheckedContinuation<Void, Never>? in
      guard storage.outstanding.remove(.removals) != nil else { return nil }
      return storage.takeReadyWaiter()
    }
    waiter?.resume()
  }

  /// The running cycle cannot go on.
  package func stop(_ failure: Failure) {
    let waiter = storage.withLock { storage -> CheckedContinuation<Void, Never>? in
      guard storage.cycleID != nil else { return nil }
      storage.stop = storage.stop ?? failure
      return storage.takeReadyWaiter()
    }
    waiter?.resume()
  }

  package func end() {
    storage.withLock {
      $0.cycleID = nil
      $0.outstanding = []
      $0.postponed = []
    }
  }

  /// Waits until at most `limit` keys are outstanding. One caller at a time: the cycle.
  package func wait(untilAtMost limit: Int) async throws(Failure) {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ready = storage.withLock { storage -> CheckedContinuation<Void, Never>? in
          storage.waiter = (limit, continuation)
          if Task.isCancelled { storage.stop = storage.stop ?? .cancelled }
          return storage.takeReadyWaiter()
        }
        ready?.resume()
      }
    } onCancel: {
      stop(.cancelled)
    }
    if let failure = storage.withLock({ $0.stop }) { throw failure }
  }

  /// Objects done, of all in the running cycle, and how many of them failed.
  package var progress: (completed: Int, total: Int, failed: Int)? {
    storage.withLock { storage in
      storage.cycleID == nil ? nil : (storage.settled, storage.total, storage.failed)
    }
  }
}
