import Dispatch
import Synchronization

/// A read that may hang, as on a volume that is gone. One is under way at a time, on a thread of its own, however many callers wait for it;
/// and none waits longer than the patience for a read lasts.
final class PatientRead<Value: Sendable>: Sendable {
  /// The read has not come back in time. The next caller waits for it no more, until it does.
  struct Hangs: Error {}

  private struct Condition {
    var beganAt: ContinuousClock.Instant?
    var lastCaller = 0
    var waiting: [Int: CheckedContinuation<Value?, Never>] = [:]
  }

  private let patience: Duration
  private let begin: @Sendable (_ done: @escaping @Sendable (Value) -> Void) -> Void
  private let condition = Mutex(Condition())

  /// - Parameter read: May block its thread.
  convenience init(_ label: String, patience: Duration = .seconds(2), blocking read: @escaping @Sendable () -> Value) {
    let queue = DispatchQueue(label: label)
    self.init(patience: patience) { done in queue.async { done(read()) } }
  }

  /// - Parameter begin: Begins the read, and calls back when it has ended.
  init(patience: Duration, begin: @escaping @Sendable (_ done: @escaping @Sendable (Value) -> Void) -> Void) {
    self.patience = patience
    self.begin = begin
  }

  /// - Throws: When it takes too long.
  func value() async throws(Hangs) -> Value {
    let now = ContinuousClock.now
    let value = await withCheckedContinuation { (continuation: CheckedContinuation<Value?, Never>) in
      let (beganAt, isNew) = condition.withLock { condition in
        let isNew = condition.beganAt == nil
        let beganAt = condition.beganAt ?? now
        condition.beganAt = beganAt
        return (beganAt, isNew)
      }
      let rest = patience - beganAt.duration(to: now)
      guard rest > .zero else { return continuation.resume(returning: nil) }
      wait(continuation, atMost: rest)
      if isNew { begin { self.ended($0) } }
    }
    guard let value else { throw Hangs() }
    return value
  }

  private func wait(_ continuation: CheckedContinuation<Value?, Never>, atMost rest: Duration) {
    let caller = condition.withLock { condition in
      condition.lastCaller += 1
      condition.waiting[condition.lastCaller] = continuation
      return condition.lastCaller
    }
    Task {
      try? await Task.sleep(for: rest)
      self.condition.withLock { $0.waiting.removeValue(forKey: caller) }?.resume(returning: nil)
    }
  }

  private func ended(_ value: Value) {
    let waiting = condition.withLock { condition in
      condition.beganAt = nil
      defer { condition.waiting = [:] }
      return condition.waiting.values
    }
    for continuation in waiting { continuation.resume(returning: value) }
  }
}
