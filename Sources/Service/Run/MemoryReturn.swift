import Dispatch
import JSON
import Synchronization

/// Gives memory back to the system soon after much of it was freed, on a thread of its own: it takes some milliseconds, in which others
/// wait to allocate, so that it happens twice a second at most.
final class MemoryReturn: Sendable {
  static let shared = MemoryReturn()

  private static let worthwhile = 1 << 20
  private static let pause = DispatchTimeInterval.milliseconds(500)
  /// After so much quiet, what followed the freeing has come to its end as well, such as the buffers of connections.
  private static let quiet = DispatchTimeInterval.seconds(5)

  private let queue = DispatchQueue(label: "rollcall.memory")
  private let state = Mutex((freed: 0, isDue: false, round: 0))

  /// So many bytes were freed, or are about to be.
  func note(freed bytes: Int) {
    let isNew = state.withLock { state in
      state.freed += bytes
      guard state.freed >= Self.worthwhile, !state.isDue else { return false }
      state.isDue = true
      return true
    }
    if isNew { queue.asyncAfter(deadline: .now() + Self.pause) { self.giveBack() } }
  }

  /// Much was freed, or is about to be.
  func noteLargeWork() {
    note(freed: Self.worthwhile)
  }

  private func giveBack() {
    let round = state.withLock { state in
      state = (0, false, state.round + 1)
      return state.round
    }
    JSONMemory.giveBack()
    queue.asyncAfter(deadline: .now() + Self.quiet) {
      if self.state.withLock({ $0.round == round }) { JSONMemory.giveBack() }
    }
  }
}
