import Dispatch
import Synchronization

// The threads of `DispatchQueue.global()`, and of every concurrent queue, are those of Swift's own executor, and as many as there are
// cores: as many pieces of long or blocking work there stop the listener. A serial queue has a thread of its own while it has work.

/// Runs work that takes its time, or may block, away from the threads that all others wait for.
/// - Parameter queue: A serial one.
func offPool<Value: Sendable>(on queue: DispatchQueue, _ work: @escaping @Sendable () -> Value) async -> Value {
  await withCheckedContinuation { continuation in
    queue.async { continuation.resume(returning: work()) }
  }
}

/// So many threads for long work, one piece of it on each. What comes while all are taken is refused.
final class Lanes: Sendable {
  private let free: Mutex<[DispatchQueue]>

  init(_ label: String, _ count: Int) {
    free = Mutex((1...count).map { DispatchQueue(label: "\(label).\($0)") })
  }

  /// - Returns: Nil when every lane is taken.
  func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
    guard let queue = free.withLock({ $0.popLast() }) else { return nil }
    defer { free.withLock { $0.append(queue) } }
    return await offPool(on: queue, work)
  }
}
