import HTTPTransport
import Testing

@Suite struct RetryPolicyTests {
  private let limits = UpstreamLimits(
    maxConcurrentRequests: 2, attempts: 3, backoffInitial: .seconds(1), backoffMax: .seconds(4))

  private func decide(
    _ outcome: RetryPolicy.Outcome, attempt: Int = 1, isRepeatable: Bool = true
  ) -> RetryPolicy.Decision {
    RetryPolicy.decide(outcome, attempt: attempt, isRepeatable: isRepeatable, limits: limits, fraction: 0.5)
  }

  @Test("answers that are answers are accepted", arguments: [200, 201, 204, 400, 401, 403, 404, 409, 410, 501])
  func answers(status: Int) {
    #expect(decide(.answer(status: status, retryAfter: nil)) == .accept)
  }

  @Test("a throttle is waited for as long as was asked, whatever the request")
  func throttles() {
    for isRepeatable in [true, false] {
      #expect(
        decide(.answer(status: 429, retryAfter: .seconds(7)), isRepeatable: isRepeatable)
          == .retry(after: .seconds(7), onFreshConnection: false))
      #expect(
        decide(.answer(status: 503, retryAfter: .seconds(2)), isRepeatable: isRepeatable)
          == .retry(after: .seconds(2), onFreshConnection: true))
    }
    #expect(
      decide(.answer(status: 429, retryAfter: nil)) == .retry(after: .milliseconds(500), onFreshConnection: false))
  }

  @Test("a fault of the other side repeats only what may be repeated", arguments: [500, 502, 503, 504])
  func faults(status: Int) {
    #expect(decide(.answer(status: status, retryAfter: nil), isRepeatable: false) == .accept)
    guard case .retry(let delay, _) = decide(.answer(status: status, retryAfter: nil), attempt: 2) else {
      Issue.record("a retry was expected")
      return
    }
    #expect(delay == .seconds(1), "half of twice the initial backoff")
  }

  @Test("a broken exchange repeats what never left, and what may be repeated")
  func transport() {
    let never = TransportError(.connect)
    let perhaps = TransportError(.receive, mayHaveReachedServer: true)
    #expect(decide(.failure(never), isRepeatable: false) != .accept)
    #expect(decide(.failure(perhaps), isRepeatable: false) == .accept)
    #expect(decide(.failure(perhaps)) != .accept)
    #expect(decide(.failure(TransportError(.tls))) == .accept)
    #expect(decide(.failure(never), attempt: 3) == .accept, "the last attempt")
  }
}
