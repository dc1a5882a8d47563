import Synchronization

/// Sums up what would be said too often: every caller can cause it, and no caller may fill the log.
final class SummedLog: Sendable {
  private static let interval = Duration.seconds(60)

  private let state = Mutex((count: 0, saidAt: ContinuousClock.Instant?.none))

  /// - Returns: How many there were since it was said last, when it is to be said again.
  func add(_ count: Int = 1, at now: ContinuousClock.Instant = .now) -> Int? {
    state.withLock { state in
      state.count += count
      if let saidAt = state.saidAt, saidAt.duration(to: now) < Self.interval { return nil }
      defer { state = (0, now) }
      return state.count
    }
  }
}
