import Testing

@testable import HTTPTransport

@Suite struct AdaptiveConcurrencyTests {
  private static func lowered(maximum: Int, times: Int) -> AdaptiveConcurrency {
    var concurrency = AdaptiveConcurrency(maximum: maximum)
    for _ in 0..<times { concurrency.note(.congested, era: concurrency.era, isSaturated: true) }
    return concurrency
  }

  @Test("it begins at the maximum, and halves with each sign of too much, down to one")
  func halves() {
    #expect((0...4).map { Self.lowered(maximum: 20, times: $0).limit } == [20, 10, 5, 2, 1])
    #expect(Self.lowered(maximum: 20, times: 100).limit == 1)
  }

  @Test("a burst of refusals of requests that were sent together lowers it once")
  func burst() {
    var concurrency = AdaptiveConcurrency(maximum: 20)
    for _ in 0..<20 { concurrency.note(.congested, era: 0, isSaturated: true) }
    #expect(concurrency.limit == 10)
    #expect(concurrency.era == 1)
  }

  @Test("a round of good answers allows one more, up to the maximum")
  func grows() {
    var concurrency = Self.lowered(maximum: 4, times: 2)
    var limits: [Int] = []
    for _ in 0..<8 {
      concurrency.note(.fine, era: concurrency.era, isSaturated: true)
      limits.append(concurrency.limit)
    }
    #expect(limits == [2, 2, 2, 3, 3, 3, 4, 4])
    for _ in 0..<100 { concurrency.note(.fine, era: concurrency.era, isSaturated: true) }
    #expect(concurrency.limit == 4)
  }

  @Test("what is not used, and what says nothing, does not raise it")
  func steady() {
    var concurrency = Self.lowered(maximum: 8, times: 1)
    for _ in 0..<100 {
      concurrency.note(.fine, era: concurrency.era, isSaturated: false)
      concurrency.note(.steady, era: concurrency.era, isSaturated: true)
    }
    #expect(concurrency.limit == 4)
  }

  @Test("what an outcome says about the load")
  func signals() {
    func signal(_ status: Int, load: Double? = nil) -> AdaptiveConcurrency.Signal {
      AdaptiveConcurrency.Signal(.answer(status: status, retryAfter: nil), load: load)
    }
    #expect([200, 201, 204, 400, 404, 409].allSatisfy { signal($0) == .fine })
    #expect([429, 502, 503, 504].allSatisfy { signal($0) == .congested })
    #expect(signal(500) == .steady, "one object may be what breaks it")
    #expect([0.5, 0.8, 0.9, 1, 1.8].map { signal(200, load: $0) } == [.fine, .fine, .steady, .congested, .congested])
    for phase in [TransportError.Phase.connect, .send, .receive, .timeout] {
      #expect(AdaptiveConcurrency.Signal(.failure(TransportError(phase)), load: nil) == .congested)
    }
    for phase in [TransportError.Phase.tls, .invalidRequest, .tooLarge, .resolve] {
      #expect(AdaptiveConcurrency.Signal(.failure(TransportError(phase)), load: nil) == .steady)
    }
  }
}
