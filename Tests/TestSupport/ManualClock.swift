import Synchronization

/// A clock that stands still until a test moves it.
package final class ManualClock: Clock, Sendable {
  package typealias Duration = Swift.Duration

  package struct Instant: InstantProtocol, Sendable {
    package var offset: Duration

    package func advanced(by duration: Duration) -> Instant {
      Instant(offset: offset + duration)
    }

    package func duration(to other: Instant) -> Duration {
      other.offset - offset
    }

    package static func < (left: Instant, right: Instant) -> Bool {
      left.offset < right.offset
    }
  }

  private struct Sleeper {
    var id: Int
    var deadline: Instant
    var continuation: CheckedContinuation<Void, any Error>
  }

  private struct Storage {
    var now = Instant(offset: .zero)
    var sleepers: [Sleeper] = []
    var nextID = 0
    var cancelled: Set<Int> = []
  }

  private let storage = Mutex(Storage())

  package init() {}

  package var now: Instant { storage.withLock { $0.now } }
  package var minimumResolution: Duration { .zero }

  package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let id = storage.withLock { storage in
      storage.nextID += 1
      return storage.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result = storage.withLock { storage -> Result<Void, any Error>? in
          if storage.cancelled.remove(id) != nil { return .failure(CancellationError()) }
          if deadline <= storage.now { return .success(()) }
          storage.sleepers.append(Sleeper(id: id, deadline: deadline, continuation: continuation))
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      let sleeper = storage.withLock { storage -> Sleeper? in
        guard let index = storage.sleepers.firstIndex(where: { $0.id == id }) else {
          storage.cancelled.insert(id)
          return nil
        }
        return storage.sleepers.remove(at: index)
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Moves time on and wakes everybody whose time has come, earliest first.
  package func advance(by duration: Duration) {
    let woken = storage.withLock { storage -> [Sleeper] in
      storage.now = storage.now.advanced(by: duration)
      let now = storage.now
      let woken = storage.sleepers.filter { $0.deadline <= now }.sorted { $0.deadline < $1.deadline }
      storage.sleepers.removeAll { $0.deadline <= now }
      return woken
    }
    woken.forEach { $0.continuation.resume() }
  }

  /// How many tasks sleep.
  package var sleepers: Int { storage.withLock { $0.sleepers.count } }

  /// When the first of them is to wake.
  package var nextDeadline: Instant? {
    storage.withLock { $0.sleepers.map(\.deadline).min() }
  }

  /// Returns when at least so many tasks sleep. Yields meanwhile; gives up after many turns so that a mistake ends the test.
  package func waitForSleepers(_ count: Int) async -> Bool {
    for _ in 0..<100_000 {
      if storage.withLock({ $0.sleepers.count }) >= count { return true }
      await Task.yield()
    }
    return false
  }
}
