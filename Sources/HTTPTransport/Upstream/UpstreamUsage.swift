/// What the headers of an answer tell of limits and how much of them is used up.
struct UpstreamUsage: Hashable, Sendable {
  /// So many requests in a period.
  struct Rate: Hashable, Sendable {
    var limit: Int
    var used: Int
    /// The whole of it, or what is left of it where that is told.
    var period: Duration
  }

  /// Above this part of a limit one goes carefully (docs/reference/xmatters-api.md, "Limits").
  static let caution = 0.8
  private static let longestGap = Duration.seconds(10)

  var rate: Rate?
  /// Of the requests or resources at a time, the part that is used up; 1 is the limit.
  var load: Double?

  /// Reads `x-ratelimit-*` and `x-concurrentlimit-*` of xMatters (docs/reference/xmatters-api.md, "Limits"),
  /// `x-ms-throttle-limit-percentage` of Graph (docs/reference/microsoft-graph.md, "Throttling"), and the general `RateLimit-*`.
  init(_ headers: HTTPHeaders) {
    func number(_ name: String) -> Double? {
      // `100, 100;w=60` tells the limit, then policies.
      headers[name].flatMap { Double($0.prefix { $0 != "," && $0 != ";" }) }.flatMap { $0 >= 0 && $0 < 1e9 ? $0 : nil }
    }
    if let limit = number("x-ratelimit-limit"), let used = number("x-ratelimit-used") {
      rate = Rate(
        limit: Int(limit), used: Int(used), period: .seconds(Int64(number("x-ratelimit-period_in_sec") ?? 60)))
    } else if let limit = number("RateLimit-Limit"), let remaining = number("RateLimit-Remaining") {
      rate = Rate(
        limit: Int(limit), used: Int(limit - remaining), period: .seconds(Int64(number("RateLimit-Reset") ?? 60)))
    }
    if let limit = number("x-concurrentlimit-limit"), limit > 0, let used = number("x-concurrentlimit-used") {
      load = used / limit
    }
    if let load = number("x-ms-throttle-limit-percentage") { self.load = max(load, self.load ?? 0) }
  }

  /// The pause between requests that keeps below the rate: none until four fifths of it are used up, then the rest is spread over
  /// the period.
  var gap: Duration {
    guard let rate, Double(rate.used) > Self.caution * Double(rate.limit) else { return .zero }
    return min(rate.period / (max(0, rate.limit - rate.used) + 1), Self.longestGap)
  }
}
