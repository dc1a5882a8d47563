import ProvisioningModel
import Synchronization

/// One result that several callers wait for. A caller who is cancelled stops waiting; the work goes on for the others.
final class Promise<Value: Sendable>: Sendable {
  private typealias Waiter = CheckedContinuation<Result<Value, Failure>, Never>

  private struct Storage {
    var result: Result<Value, Failure>?
    var waiters: [Int: Waiter] = [:]
    var lastWaiter = 0
  }

  private let storage = Mutex(Storage())

  /// Only the first result counts.
  func fulfil(_ result: Result<Value, Failure>) {
    let waiters = storage.withLock { storage -> [Waiter] in
      guard storage.result == nil else { return [] }
      storage.result = result
      defer { storage.waiters = [:] }
      return Array(storage.waiters.values)
    }
    waiters.forEach { $0.resume(returning: result) }
  }

  func value() async throws(Failure) -> Value {
    let id = storage.withLock { storage in
      storage.lastWaiter += 1
      return storage.lastWaiter
    }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let immediate = storage.withLock { storage -> Result<Value, Failure>? in
          if let result = storage.result { return result }
          if Task.isCancelled { return .failure(.cancelled) }
          storage.waiters[id] = continuation
          return nil
        }
        if let immediate { continuation.resume(returning: immediate) }
      }
    } onCancel: {
      let waiter = storage.withLock { $0.waiters.removeValue(forKey: id) }
      waiter?.resume(returning: .failure(.cancelled))
    }
    return try result.get()
  }
}
