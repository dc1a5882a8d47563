/// Which of two keys goes first.
package struct QueuePriority: Comparable, Hashable, Sendable {
  package let rawValue: Int8

  /// A notification or a person waits for it.
  package static let live = QueuePriority(rawValue: 2)
  /// A change that was found between cycles.
  package static let pulse = QueuePriority(rawValue: 1)
  /// Catching up: part of a cycle.
  package static let cycle = QueuePriority(rawValue: 0)

  package static func < (left: QueuePriority, right: QueuePriority) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// Exponential growth with full jitter: before attempt `n + 1`, a random part of `initial * 2^(n - 1)`, at most `max`.
package struct Backoff: Hashable, Sendable {
  package var initial: Duration
  package var max: Duration

  package init(initial: Duration, max: Duration) {
    self.initial = initial
    self.max = max
  }

  /// - Parameter fraction: From 0 up to 1, the jitter.
  package func delay(afterAttempt attempt: Int, fraction: Double) -> Duration {
    var bound = initial
    for _ in 1..<Swift.max(1, Swift.min(attempt, 62)) where bound < max {
      bound *= 2
    }
    return Swift.min(bound, max) * fraction
  }
}

package struct WorkQueueConfiguration: Hashable, Sendable {
  /// Distinct keys, those being processed included.
  package var capacity: Int
  package var backoff: Backoff
  /// Runs of one key without success before it is given up.
  package var maxAttempts: Int

  package init(capacity: Int, backoff: Backoff, maxAttempts: Int) {
    self.capacity = capacity
    self.backoff = backoff
    self.maxAttempts = maxAttempts
  }
}

/// What became of an add.
package enum AddResult: Hashable, Sendable {
  case added
  /// The key, or all keys, stood in the queue already.
  case merged
  /// Nothing was taken: the capacity would have been passed.
  case full
  /// Nothing was taken: the queue is shut down.
  case closed
}

/// How a run went.
package enum WorkOutcome: Hashable, Sendable {
  case done
  /// Again after a backoff.
  case retry
  /// Again, not before this.
  case retryAfter(Duration)
  /// Out of the queue, unless it was added meanwhile.
  case giveUp
}

/// What becomes of a key after a run.
package enum WorkDisposition: Hashable, Sendable {
  case done
  /// It was added while it ran.
  case runsAgain
  case retries(after: Duration, attempt: Int)
  case dead(attempts: Int)
}

/// The state of a queue in numbers.
package struct QueueStatistics: Hashable, Sendable {
  /// Keys that may be taken now.
  package var ready = 0
  /// Keys that wait for their time: coalescing or backing off.
  package var delayed = 0
  package var processing = 0
  package var isFull = false
  package var isPaused = false
  /// How long the key that has waited longest waits, from its first add.
  package var oldestAge = Duration.zero
  package var longestRunning = Duration.zero
  /// The sum over all keys in process.
  package var unfinishedWork = Duration.zero
  /// Since the start.
  package var adds = 0
  package var retries = 0

  package init() {}
}
