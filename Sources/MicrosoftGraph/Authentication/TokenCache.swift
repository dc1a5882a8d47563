import ProvisioningModel

/// Decides who gets which token and when a new one is asked for. Pure: it is told the time.
struct TokenCache<Instant: InstantProtocol>: Sendable where Instant.Duration == Duration {
  enum Answer: Hashable, Sendable {
    case use(String)
    /// The token lasts a little longer; a new one is to be asked for meanwhile.
    case useAndRenew(String)
    /// Ask for a token, and wait for it.
    case renew
    /// Wait for the renewal that is under way.
    case wait
    /// The last try failed a moment ago.
    case fail(Failure)
  }

  private struct Token: Sendable {
    var text: String
    var renewAt: Instant
    var endsAt: Instant
  }

  /// A token is renewed so long before its end, or at half its life when that is later.
  static var margin: Duration { .seconds(300) }
  /// For so long after a failure the token is not asked for again: many callers with a wrong secret must not become a flood of sign-ins.
  static var pause: Duration { .seconds(3) }

  private var token: Token?
  private var isRenewing = false
  private var lastFailure: (failure: Failure, until: Instant)?

  func hasToken(at now: Instant) -> Bool {
    token.map { now < $0.endsAt } ?? false
  }

  /// - Parameter fresh: A token that is there already will not do.
  mutating func ask(at now: Instant, fresh: Bool = false) -> Answer {
    if !fresh, let token, now < token.endsAt {
      guard now >= token.renewAt, !isRenewing, !isPausing(at: now) else { return .use(token.text) }
      isRenewing = true
      return .useAndRenew(token.text)
    }
    if isRenewing { return .wait }
    if let lastFailure, !fresh, now < lastFailure.until { return .fail(lastFailure.failure) }
    isRenewing = true
    return .renew
  }

  /// - Parameter asked: When the request went out; the life counts from there.
  mutating func renewed(_ text: String, lifetime: Duration, asked: Instant) {
    isRenewing = false
    lastFailure = nil
    token = Token(
      text: text, renewAt: asked.advanced(by: max(lifetime - Self.margin, lifetime / 2)),
      endsAt: asked.advanced(by: max(lifetime - .seconds(5), lifetime / 2)))
  }

  mutating func failed(_ failure: Failure, at now: Instant) {
    isRenewing = false
    lastFailure = (failure, now.advanced(by: Self.pause))
  }

  /// Forgets a token that Graph refused; another one that has come meanwhile is kept.
  mutating func drop(_ refused: String) {
    if token?.text == refused { token = nil }
  }

  private func isPausing(at now: Instant) -> Bool {
    lastFailure.map { now < $0.until } ?? false
  }
}
