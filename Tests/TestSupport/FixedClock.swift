package import ProvisioningModel
import Synchronization

/// A wall clock that stands still until it is moved.
package final class FixedClock: WallClock {
  /// Where it stands unless told otherwise.
  package static let start = Timestamp(milliseconds: 1_767_322_800_000)

  private let time: Mutex<Timestamp>

  package init(_ time: Timestamp = FixedClock.start) {
    self.time = Mutex(time)
  }

  package var now: Timestamp { time.withLock { $0 } }

  package func advance(by duration: Duration) {
    time.withLock { $0 = $0 + duration }
  }
}
