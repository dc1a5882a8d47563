/// What a request is sent for.
package enum RequestPriority: Hashable, Sendable, CaseIterable {
  /// A notification or a person waits for it.
  case live
  /// Catching up.
  case background
}

/// Decides which of the callers that wait for an upstream may send now. Pure: it is told the time and says which may go.
///
/// 1. Never more at a time than the limit, which follows how the upstream bears it (`AdaptiveConcurrency`).
/// 2. While the gate is closed no caller goes. A caller that would wait longer than allowed is refused instead.
/// 3. Live requests go before others; of five turns that both kinds wait for, one is the others'.
/// 4. For some seconds after a live request, a fifth of the limit, one at least, is kept free of others; with a limit of 1 nothing is.
/// 5. Requests follow one another at the gap that the upstream's rate limit leaves.
struct RequestLine<Instant: InstantProtocol & Sendable>: Sendable where Instant.Duration == Duration {
  /// The right to send one request, given back at its end.
  struct Turn: Hashable, Sendable {
    var priority: RequestPriority
    fileprivate var era: Int
  }

  struct Calls: Sendable {
    var admitted: [(id: Int, turn: Turn)] = []
    /// With how long the gate stays closed.
    var refused: [(id: Int, wait: Duration)] = []
    /// When `settle` is to be called again, if nothing happens before.
    var wakeAt: Instant?
  }

  private static var liveMemory: Duration { .seconds(5) }
  private static var backgroundShare: Int { 5 }

  private let maxWaiting: Int
  private let maxGateWait: Duration
  private var concurrency: AdaptiveConcurrency
  private var live: [Int] = []
  private var background: [Int] = []
  private var inFlight = (live: 0, background: 0)
  private var lastLive: Instant?
  private var liveInARow = 0
  private var gateOpens: Instant
  private var gap = Duration.zero
  private var nextDeparture: Instant

  init(_ limits: UpstreamLimits, now: Instant) {
    maxWaiting = limits.maxWaiting
    maxGateWait = limits.maxGateWait
    concurrency = AdaptiveConcurrency(maximum: limits.maxConcurrentRequests)
    gateOpens = now
    nextDeparture = now
  }

  /// Requests at a time.
  var limit: Int { concurrency.limit }

  // MARK: What happens

  /// - Returns: False when too many wait.
  mutating func enter(_ id: Int, _ priority: RequestPriority, now: Instant) -> Bool {
    guard live.count + background.count < maxWaiting else { return false }
    switch priority {
    case .live:
      live.append(id)
      lastLive = now
    case .background: background.append(id)
    }
    return true
  }

  /// A caller stopped waiting.
  mutating func abandon(_ id: Int) {
    live.removeAll { $0 == id }
    background.removeAll { $0 == id }
  }

  /// - Parameters:
  ///   - signal: Nil when the request was cancelled.
  ///   - usage: Nil when no answer came.
  mutating func end(_ turn: Turn, _ signal: AdaptiveConcurrency.Signal?, _ usage: UpstreamUsage?) {
    let isSaturated = !live.isEmpty || !background.isEmpty || inFlight.live + inFlight.background >= limit
    concurrency.note(signal ?? .steady, era: turn.era, isSaturated: isSaturated)
    if let usage { gap = usage.gap }
    switch turn.priority {
    case .live: inFlight.live -= 1
    case .background: inFlight.background -= 1
    }
  }

  mutating func closeGate(until opens: Instant) {
    gateOpens = max(gateOpens, opens)
  }

  // MARK: What to do

  /// To be called after each of the above.
  mutating func settle(now: Instant) -> Calls {
    var calls = Calls()
    let wait = now.duration(to: gateOpens)
    if wait > maxGateWait {
      calls.refused = (live + background).map { ($0, wait) }
      live = []
      background = []
    }
    guard wait <= .zero else {
      calls.wakeAt = live.isEmpty && background.isEmpty ? nil : gateOpens
      return calls
    }
    while let priority = next(now) {
      guard nextDeparture <= now else {
        calls.wakeAt = nextDeparture
        break
      }
      nextDeparture = now.advanced(by: gap)
      calls.admitted.append((admit(priority), Turn(priority: priority, era: concurrency.era)))
    }
    return calls
  }

  private func next(_ now: Instant) -> RequestPriority? {
    guard inFlight.live + inFlight.background < limit else { return nil }
    let backgroundMayGo = !background.isEmpty && inFlight.background < limit - reserve(now)
    if live.isEmpty || (backgroundMayGo && liveInARow >= Self.backgroundShare - 1) {
      return backgroundMayGo ? .background : nil
    }
    return .live
  }

  private func reserve(_ now: Instant) -> Int {
    guard limit > 1, let lastLive, lastLive.duration(to: now) < Self.liveMemory else { return 0 }
    return max(1, limit / 5)
  }

  private mutating func admit(_ priority: RequestPriority) -> Int {
    switch priority {
    case .live:
      inFlight.live += 1
      liveInARow += 1
      return live.removeFirst()
    case .background:
      inFlight.background += 1
      liveInARow = 0
      return background.removeFirst()
    }
  }
}
