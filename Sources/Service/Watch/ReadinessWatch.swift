/// When the log tells whether the service is ready. Pure.
struct ReadinessWatch<Instant: InstantProtocol & Sendable>: Sendable where Instant.Duration == Duration {
  enum Event: Hashable, Sendable {
    /// With the checks that fail.
    case notReady([ReadinessCheck])
    case ready
  }

  /// What comes and goes is told once in so long.
  private static var interval: Duration { .seconds(60) }

  private var failing: Set<String> = []
  private var toldAt: Instant?

  /// Looked at whenever a probe asks.
  mutating func look(_ checks: [ReadinessCheck], now: Instant) -> Event? {
    let wrong = checks.filter { !$0.isFine }
    let names = Set(wrong.map(\.name))
    guard names != failing else { return nil }
    if let toldAt, toldAt.duration(to: now) < Self.interval { return nil }
    failing = names
    toldAt = now
    return wrong.isEmpty ? .ready : .notReady(wrong)
  }
}
