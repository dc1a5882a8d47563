/// How an upstream is treated.
package struct UpstreamLimits: Hashable, Sendable {
  /// At a time; fewer while the other side shows that it does not bear so many.
  package var maxConcurrentRequests: Int
  /// Callers that may wait for their turn; more fail with phase `overloaded`.
  package var maxWaiting: Int
  /// Tries of one request, the first included.
  package var attempts: Int
  package var backoffInitial: Duration
  package var backoffMax: Duration
  /// When the other side asks for a longer wait than this, the request fails with phase `throttled` and the time to come back.
  package var maxGateWait: Duration

  package init(
    maxConcurrentRequests: Int, maxWaiting: Int = 10_000, attempts: Int = 4,
    backoffInitial: Duration = .milliseconds(500), backoffMax: Duration = .seconds(20),
    maxGateWait: Duration = .seconds(120)
  ) {
    self.maxConcurrentRequests = maxConcurrentRequests
    self.maxWaiting = maxWaiting
    self.attempts = attempts
    self.backoffInitial = backoffInitial
    self.backoffMax = backoffMax
    self.maxGateWait = maxGateWait
  }
}

/// What to do with the outcome of one exchange. Pure.
package enum RetryPolicy {
  package enum Outcome: Hashable, Sendable {
    case answer(status: Int, retryAfter: Duration?)
    case failure(TransportError)

    /// The other side throttles: how long it asks to wait, zero when it does not say; nil when it does not throttle.
    var throttledFor: Duration? {
      switch self {
      case .answer(429, let wait): wait ?? .zero
      case .answer(503, let wait): wait
      case .answer, .failure: nil
      }
    }
  }

  package enum Decision: Hashable, Sendable {
    /// Hand the outcome to the caller.
    case accept
    case retry(after: Duration, onFreshConnection: Bool)
  }

  /// - Parameters:
  ///   - attempt: 1 for the first.
  ///   - isRepeatable: False for a request that must not be carried out twice: it goes again only when it certainly was not.
  ///   - fraction: A random number from 0 up to 1.
  package static func decide(
    _ outcome: Outcome, attempt: Int, isRepeatable: Bool, limits: UpstreamLimits, fraction: Double
  ) -> Decision {
    guard attempt < limits.attempts else { return .accept }
    let backoff = delay(attempt, limits, fraction)
    switch outcome {
    case .answer(429, let retryAfter):
      return .retry(after: retryAfter ?? backoff, onFreshConnection: false)
    case .answer(503, let retryAfter):
      guard isRepeatable || retryAfter != nil else { return .accept }
      return .retry(after: retryAfter ?? backoff, onFreshConnection: true)
    case .answer(500, let retryAfter), .answer(502, let retryAfter), .answer(504, let retryAfter):
      return isRepeatable ? .retry(after: retryAfter ?? backoff, onFreshConnection: false) : .accept
    case .answer:
      return .accept
    case .failure(let error):
      guard error.isRetriable, isRepeatable || !error.mayHaveReachedServer else { return .accept }
      return .retry(after: backoff, onFreshConnection: false)
    }
  }

  /// Exponential with full jitter.
  private static func delay(_ attempt: Int, _ limits: UpstreamLimits, _ fraction: Double) -> Duration {
    var bound = limits.backoffInitial
    for _ in 1..<max(1, min(attempt, 30)) where bound < limits.backoffMax {
      bound *= 2
    }
    return min(bound, limits.backoffMax) * fraction
  }
}
