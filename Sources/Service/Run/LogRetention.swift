import Provisioning

/// Keeps the provisioning log within its bounds: an age that is configured, and a number that keeps the state file to about a gigabyte.
struct LogRetention: Sendable {
  static let maxEntries = 250_000
  /// An initial cycle writes some ten thousand entries meanwhile.
  static let interval = Duration.seconds(600)

  let state: any State
  let age: Duration
  let clock: any WallClock

  func apply() async throws(Failure) {
    try await state.pruneLog(before: clock.now + (.zero - age), keeping: Self.maxEntries)
  }
}
