import Dispatch

/// Runs work that takes its time on a thread outside the cooperative pool, whose few threads everybody else waits for.
func offPool<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
  await withCheckedContinuation { continuation in
    DispatchQueue.global().async { continuation.resume(returning: work()) }
  }
}
