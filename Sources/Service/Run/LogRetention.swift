import ProvisioningModel

/// Keeps the provisioning log within its bounds: an age that is configured, and a number that keeps the state file to about a gigabyte.
struct LogRetention: Sendable {
  static let maxEntries = 250_000
  /// An initial cycle writes some ten thousand entries meanwhile.
  static let interval = Duration.seconds(600)

  let state: any State
  let age: Duration
  let clock: any WallClock
  /// Monotonic, counted from the start of the process.
  let uptime: Uptime
  /// The newest entry of a former process; nil when there was none.
  private let newest: Timestamp?

  /// - Throws: When the state cannot be read.
  init(state: any State, age: Duration, clock: any WallClock, uptime: Uptime) async throws(Failure) {
    self.state = state
    self.age = age
    self.clock = clock
    self.uptime = uptime
    newest = try await state.log(ProvisioningLogQuery(limit: 1)).entries.first?.time
  }

  /// Entries go by age only as far as the log itself and the time that this process has run bear the clock out: one that has jumped ahead
  /// must not take the whole log along. After a long pause they go later for it.
  func apply() async throws(Failure) {
    let now = newest.map { min(clock.now, $0 + uptime.now) } ?? clock.now
    try await state.pruneLog(before: now - age, keeping: Self.maxEntries)
  }
}
