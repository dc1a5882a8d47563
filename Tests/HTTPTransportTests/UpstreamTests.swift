import HTTPTransport
import Synchronization
import TestSupport
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

/// The shell: turns, gate and observations, against a real server, on a clock that the test moves.
@Suite struct UpstreamTests {
  private let clock = ManualClock()

  private final class Seen: Sendable {
    let observations = Mutex<[UpstreamObservation]>([])
    func add(_ observation: UpstreamObservation) { observations.withLock { $0.append(observation) } }
    var statuses: [Int?] { observations.withLock { $0.map(\.status) } }
  }

  private func withUpstream(
    _ limits: UpstreamLimits, _ script: @escaping @Sendable (String, Int) -> [ScriptedServer.Step],
    _ body: (Upstream<ManualClock>, ScriptedServer, Seen) async throws -> Void
  ) async throws {
    var configuration = HTTPClient.Configuration()
    configuration.proxy = ""
    let server = try ScriptedServer(script)
    let client = try HTTPClient(configuration)
    let seen = Seen()
    let upstream = Upstream(
      name: "test", client: client, limits: limits, clock: clock, random: { 0.5 }, wallClock: { 0 },
      observe: { seen.add($0) })
    do {
      try await body(upstream, server, seen)
    } catch {
      Issue.record(error)
    }
    await client.shutdown()
    server.stop()
  }

  @Test("Retry-After closes the gate for everybody until it has passed")
  func gate() async throws {
    try await withUpstream(UpstreamLimits(maxConcurrentRequests: 4)) { _, number in
      number == 0
        ? [.send("HTTP/1.1 429 Slow Down\r\nRetry-After: 2.5\r\nContent-Length: 0\r\n\r\n")] : ScriptedServer.ok()
    } _: { upstream, server, seen in
      let url = server.url
      let first = Task { try await upstream.send(HTTPRequest(url: url), route: "/x", repeatable: false).status }
      #expect(await clock.waitForSleepers(1))
      let second = Task { try await upstream.send(HTTPRequest(url: url), route: "/x", repeatable: true).status }
      #expect(await clock.waitForSleepers(2))
      #expect(server.requests.count == 1)
      clock.advance(by: .milliseconds(2500))
      let statuses = [try await first.value, try await second.value]
      #expect(statuses == [200, 200])
      #expect(seen.statuses.sorted { ($0 ?? 0) < ($1 ?? 0) } == [200, 200, 429])
    }
  }

  @Test("a wait that is too long is handed to the caller with its time")
  func longGate() async throws {
    try await withUpstream(UpstreamLimits(maxConcurrentRequests: 1, maxGateWait: .seconds(60))) { _, _ in
      [.send("HTTP/1.1 429 Slow Down\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n")]
    } _: { upstream, server, _ in
      let answer = try await upstream.send(HTTPRequest(url: server.url), route: "/", repeatable: true)
      #expect(answer.status == 429)
      var refusal: TransportError?
      do {
        _ = try await upstream.send(HTTPRequest(url: server.url), route: "/", repeatable: true)
      } catch {
        refusal = error as? TransportError
      }
      #expect(refusal == TransportError(.throttled, retryAfter: .seconds(600)))
      #expect(server.requests.count == 1)
    }
  }

  @Test("never more requests at a time than allowed, and nobody waits for ever")
  func turns() async throws {
    try await withUpstream(UpstreamLimits(maxConcurrentRequests: 3)) { _, _ in
      [.wait(5)] + ScriptedServer.ok()
    } _: { upstream, server, _ in
      let url = server.url
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<100 {
          group.addTask { try await upstream.send(HTTPRequest(url: url), route: "/", repeatable: true).status }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses.count == 100 && server.connections <= 3)
    }
  }

  @Test("whoever is cancelled while waiting leaves the line")
  func cancelledWaiter() async throws {
    try await withUpstream(UpstreamLimits(maxConcurrentRequests: 1, maxWaiting: 1)) { _, _ in
      [.wait(200)] + ScriptedServer.ok()
    } _: { upstream, server, _ in
      let url = server.url
      let first = Task { try await upstream.send(HTTPRequest(url: url), route: "/", repeatable: true).status }
      while server.requests.isEmpty { await Task.yield() }
      let waiting = Task { try await upstream.send(HTTPRequest(url: url), route: "/", repeatable: true).status }
      waiting.cancel()
      guard case .failure(let error) = await waiting.result else {
        Issue.record("an error was expected")
        return
      }
      #expect(error is CancellationError)
      let third = try await upstream.send(HTTPRequest(url: url), route: "/", repeatable: true).status
      let statuses = [try await first.value, third]
      #expect(statuses == [200, 200])
    }
  }
}

@Suite struct EncodingTests {
  @Test(
    "Retry-After in all its forms",
    arguments: [
      ("3", Duration.seconds(3)), ("2.128", .milliseconds(2128)), (" 0 ", .zero), ("99999999", .seconds(3600)),
      ("Thu, 01 Jan 1970 00:02:00 GMT", .seconds(20)), ("Thursday, 01-Jan-70 00:02:00 GMT", .seconds(20)),
      ("Thu Jan  1 00:02:00 1970", .seconds(20)), ("Thu, 01 Jan 1970 00:00:00 GMT", .zero), ("soon", nil), ("", nil),
      ("-1", nil),
      ("1e3", nil), ("Thu, 99 Jan 1970 00:02:00 GMT", nil), ("1 2", nil),
    ])
  func retryAfter(text: String, expected: Duration?) {
    #expect(RetryAfter.parse(text, now: 100) == expected)
  }

  @Test("everything but the unreserved is encoded")
  func urls() {
    #expect(URLEncoding.pathSegment("a b/c|d@e+f%g#é~-._") == "a%20b%2Fc%7Cd%40e%2Bf%25g%23%C3%A9~-._")
    #expect(URLEncoding.formBody([("a", "1&2"), ("b", "=")]) == Array("a=1%262&b=%3D".utf8))
  }
}
