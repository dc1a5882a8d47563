import Dispatch

/// Runs work that takes its time on a thread outside the cooperative pool, whose few threads everybody else waits for.
/// - Parameter queue: A serial one does one thing at a time.
func offPool<Value: Sendable>(
  on queue: DispatchQueue = .global(), _ work: @escaping @Sendable () -> Value
) async -> Value {
  await withCheckedContinuation { continuation in
    queue.async { continuation.resume(returning: work()) }
  }
}
