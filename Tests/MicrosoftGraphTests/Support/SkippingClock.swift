import ProvisioningModel
import Synchronization

/// A clock without waiting: a sleep moves the time on at once, and is noted.
final class SkippingClock: Clock {
  struct Instant: InstantProtocol {
    var offset: Duration

    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  /// Where the wall clock stands at the start.
  static let start = Timestamp("2026-01-02T03:04:05Z") ?? .never

  private let state = Mutex((now: Duration.zero, sleeps: [Duration]()))

  var now: Instant { Instant(offset: state.withLock { $0.now }) }
  var minimumResolution: Duration { .zero }
  var sleeps: [Duration] { state.withLock { $0.sleeps } }
  var time: Timestamp { Self.start + state.withLock { $0.now } }

  func advance(by duration: Duration) {
    state.withLock { $0.now += duration }
  }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    try Task.checkCancellation()
    state.withLock { state in
      guard deadline.offset > state.now else { return }
      state.sleeps.append(deadline.offset - state.now)
      state.now = deadline.offset
    }
    await Task.yield()
  }

  var wall: SkippingWallClock { SkippingWallClock(clock: self) }
}

struct SkippingWallClock: WallClock {
  let clock: SkippingClock

  var now: Timestamp { clock.time }
}
