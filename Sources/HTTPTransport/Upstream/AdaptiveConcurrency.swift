/// Finds out how many requests at a time an upstream bears: one more after a round that went well, half of them after one that did
/// not (additive increase, multiplicative decrease, as in TCP). Pure.
struct AdaptiveConcurrency: Hashable, Sendable {
  enum Signal: Hashable, Sendable {
    /// Answered in good order.
    case fine
    /// Says nothing about the load, or that a limit is near: no more at a time than now.
    case steady
    /// Throttled, overloaded, or not answered at all.
    case congested
  }

  private let maximum: Int
  private var bound: Double
  /// How often the limit has been lowered. A request belongs to the era in which it was let go.
  private(set) var era = 0

  init(maximum: Int) {
    self.maximum = max(1, maximum)
    bound = Double(self.maximum)
  }

  /// From 1 to the maximum.
  var limit: Int { Int(bound) }

  /// - Parameters:
  ///   - era: Of the request. What was sent before the limit was last lowered says nothing about the limit of now.
  ///   - isSaturated: As many requests were under way as the limit allows; an unused limit proves nothing.
  mutating func note(_ signal: Signal, era: Int, isSaturated: Bool) {
    switch signal {
    case .fine where isSaturated:
      bound = min(bound + 1 / bound, Double(maximum))
    case .congested where era == self.era:
      bound = max(1, bound / 2)
      self.era += 1
    case .fine, .steady, .congested: break
    }
  }
}

extension AdaptiveConcurrency.Signal {
  /// - Parameter load: Of the limits that the answer tells of, the part that is used up.
  init(_ outcome: RetryPolicy.Outcome, load: Double?) {
    switch outcome {
    case .answer(429, _), .answer(502, _), .answer(503, _), .answer(504, _): self = .congested
    case .answer(500, _): self = .steady
    case .answer:
      let load = load ?? 0
      self = load >= 1 ? .congested : load > UpstreamUsage.caution ? .steady : .fine
    case .failure(let error):
      switch error.phase {
      case .connect, .send, .receive, .timeout: self = .congested
      case .invalidRequest, .resolve, .tls, .tooLarge, .throttled, .overloaded, .shutdown: self = .steady
      }
    }
  }
}
