import Testing

@testable import HTTPTransport

@Suite struct UpstreamUsageTests {
  private func gap(_ limit: String, _ used: String, period: String? = "60") -> Duration {
    var headers: HTTPHeaders = ["X-RateLimit-Limit": limit, "x-ratelimit-used": used]
    if let period { headers.set("x-ratelimit-period_in_sec", period) }
    return UpstreamUsage(headers).gap
  }

  @Test(
    "up to four fifths of the rate limit nothing is held back; beyond, what is left is spread over the period",
    arguments: [
      ("60000", "1", Duration.zero), ("100", "80", .zero), ("100", "81", .seconds(3)), ("100", "94", .seconds(60) / 7),
      ("100", "99", .seconds(10)), ("100", "100", .seconds(10)), ("100", "250", .seconds(10)),
      ("60000", "59999", .seconds(10)), ("60000", "59401", .milliseconds(100)), ("soon", "90", .zero),
      ("100", "-5", .zero), ("nan", "nan", .zero), ("0", "0", .zero),
    ])
  func rate(limit: String, used: String, expected: Duration) {
    #expect(gap(limit, used) == expected)
  }

  @Test("without a period it is a minute")
  func noPeriod() {
    #expect(gap("100", "81", period: nil) == .seconds(3))
  }

  @Test("the general headers tell what remains, and when it is renewed")
  func general() {
    let headers: HTTPHeaders = [
      "RateLimit-Limit": "1200, 1200;w=60", "RateLimit-Remaining": "9", "RateLimit-Reset": "5",
    ]
    #expect(UpstreamUsage(headers).gap == .milliseconds(500))
    #expect(UpstreamUsage(["RateLimit-Limit": "1200", "RateLimit-Remaining": "1000"]).gap == .zero)
    #expect(UpstreamUsage([:]).gap == .zero)
  }

  @Test(
    "how much of what may go on at a time is used up",
    arguments: [
      (["x-concurrentlimit-limit": "100", "x-concurrentlimit-used": "85"], 0.85),
      (["x-concurrentlimit-limit": "0", "x-concurrentlimit-used": "85"], nil),
      (["x-concurrentlimit-limit": "100"], nil), (["x-ms-throttle-limit-percentage": "1.2"], 1.2),
      (["x-ms-throttle-limit-percentage": "much"], nil), ([:], nil),
    ] as [([String: String], Double?)])
  func load(fields: [String: String], expected: Double?) {
    var headers = HTTPHeaders()
    for (name, value) in fields { headers.append(name, value) }
    #expect(UpstreamUsage(headers).load == expected)
  }
}
