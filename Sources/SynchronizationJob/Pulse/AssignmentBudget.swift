/// What reading the list of assignments between cycles may cost: a token bucket of requests that holds one whole list. Every read spends from
/// it; only the pulse waits for it. Pure.
struct AssignmentBudget: Sendable {
  private let perMinute: Int
  private var tokens = 0.0
  private var filledAt: Duration
  /// Of the last read, in requests.
  private var cost = 1

  /// - Parameters:
  ///   - perMinute: 0 reads nothing by the pulse.
  ///   - now: Monotonic, as everywhere here.
  init(perMinute: Int, now: Duration) {
    self.perMinute = perMinute
    filledAt = now
  }

  /// A read was made.
  mutating func spend(_ requests: Int, at now: Duration) {
    fill(now)
    cost = max(1, requests)
    tokens -= Double(cost)
  }

  /// Whether a whole read can be paid for.
  mutating func canRead(at now: Duration) -> Bool {
    guard perMinute > 0 else { return false }
    fill(now)
    return tokens >= Double(cost)
  }

  private mutating func fill(_ now: Duration) {
    let (seconds, attoseconds) = (now - filledAt).components
    let passed = Double(seconds) + Double(attoseconds) * 1e-18
    tokens = min(Double(max(cost, perMinute)), tokens + passed / 60 * Double(perMinute))
    filledAt = now
  }
}
