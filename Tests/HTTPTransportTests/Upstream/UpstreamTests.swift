import HTTPTransport
import Synchronization
import TestSupport
import Testing

/// The shell: turns, gate and observations, against a real server, on a clock that the test moves.
@Suite(.timeLimit(.minutes(5))) struct UpstreamTests {
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

  @Test("never more requests at a time than allowed, and no caller waits for ever")
  func turns() async throws {
    try await withUpstream(UpstreamLimits(maxConcurrentRequests: 3)) { _, _ in
      ScriptedServer.ok()
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

  @Test("when the client is shut down, all that wait hear of it, however many they are")
  func shutDown() async throws {
    let server = try ScriptedServer { _, _ in [.stall] }
    let client = try HTTPClient()
    let limits = UpstreamLimits(maxConcurrentRequests: 1, maxWaiting: 20_000, attempts: 1)
    let upstream = Upstream(name: "test", client: client, limits: limits, clock: clock, wallClock: { 0 })
    let url = server.url
    let waiting = (0..<20_000).map { _ in
      Task { try await upstream.send(HTTPRequest(url: url), route: "/", repeatable: false).status }
    }
    while upstream.waiting < waiting.count - 1 { await Task.yield() }
    await client.shutdown()
    for task in waiting {
      guard case .failure(let error as TransportError) = await task.result else {
        Issue.record("an error was expected")
        break
      }
      #expect(error.phase == .shutdown)
    }
    server.stop()
  }

  @Test("a caller that is cancelled while waiting leaves the line")
  func cancelledWaiter() async throws {
    let hold = Hold()
    try await withUpstream(UpstreamLimits(maxConcurrentRequests: 1, maxWaiting: 1)) { _, _ in
      hold.wait()
      return ScriptedServer.ok()
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
      hold.end()
      let third = try await upstream.send(HTTPRequest(url: url), route: "/", repeatable: true).status
      let statuses = [try await first.value, third]
      #expect(statuses == [200, 200])
    }
  }

  @Test("a notification's request overtakes those of a cycle that wait")
  func liveFirst() async throws {
    let hold = Hold()
    try await withUpstream(UpstreamLimits(maxConcurrentRequests: 1)) { _, number in
      if number == 0 { hold.wait() }
      return ScriptedServer.ok()
    } _: { upstream, server, _ in
      let url = server.url
      await withTaskGroup(of: Void.self) { group in
        func add(_ path: String, _ priority: RequestPriority) {
          group.addTask {
            _ = try? await upstream.send(
              HTTPRequest(url: url + path), route: path, repeatable: true, priority: priority)
          }
        }
        add("/first", .background)
        while server.requests.isEmpty { await Task.yield() }
        for _ in 0..<3 { add("/cycle", .background) }
        while upstream.waiting < 3 { await Task.yield() }
        add("/live", .live)
        while upstream.waiting < 4 { await Task.yield() }
        hold.end()
      }
      let paths = server.requests.compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
      #expect(paths == ["/first", "/live", "/cycle", "/cycle", "/cycle"])
    }
  }

  @Test("an upstream that is down gets few retries: the budget ends them")
  func retryBudget() async throws {
    let limits = UpstreamLimits(maxConcurrentRequests: 4, backoffInitial: .zero, backoffMax: .zero)
    try await withUpstream(limits) { _, _ in
      [.send("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n")]
    } _: { upstream, server, _ in
      for _ in 0..<100 {
        let answer = try await upstream.send(HTTPRequest(url: server.url), route: "/", repeatable: true)
        #expect(answer.status == 500)
      }
      #expect((110...112).contains(server.requests.count), "ten, and a tenth of what was sent beyond that")
    }
  }

  @Test("near the rate limit that the answers tell of, requests are spread over what is left of it")
  func pacing() async throws {
    try await withUpstream(UpstreamLimits(maxConcurrentRequests: 4)) { _, _ in
      ScriptedServer.ok(
        headers: "x-ratelimit-limit: 100\r\nx-ratelimit-used: 91\r\nx-ratelimit-period_in_sec: 60\r\n")
    } _: { upstream, server, _ in
      let url = server.url
      let send = { @Sendable in try await upstream.send(HTTPRequest(url: url), route: "/", repeatable: true).status }
      let first = [try await send(), try await send()]
      #expect(first == [200, 200], "the gap counts from a request that goes under it")
      let third = Task { try await send() }
      #expect(await clock.waitForSleepers(1))
      #expect(server.requests.count == 2)
      clock.advance(by: .seconds(6))
      let last = try await third.value
      #expect(last == 200)
    }
  }

  @Test("an upstream that answers with faults is asked less at a time, and more again when it has recovered")
  func adapts() async throws {
    let limits = UpstreamLimits(maxConcurrentRequests: 4, attempts: 1)
    try await withUpstream(limits) { _, number in
      number < 2 ? [.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")] : ScriptedServer.ok()
    } _: { upstream, server, _ in
      let url = server.url
      let send = { @Sendable in
        try await upstream.send(HTTPRequest(url: url), route: "/", repeatable: true).status
      }
      var limits: [Int] = []
      for _ in 0..<2 {
        _ = try await send()
        limits.append(upstream.concurrencyLimit)
      }
      #expect(limits == [2, 1])
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<40 { group.addTask { try await send() } }
        for try await status in group { #expect(status == 200) }
      }
      #expect(upstream.concurrencyLimit == 4)
    }
  }

  @Test("a gate that closes for longer than anybody waits refuses those in line")
  func gateRefusesLine() async throws {
    let hold = Hold()
    try await withUpstream(UpstreamLimits(maxConcurrentRequests: 1, maxGateWait: .seconds(60))) { _, _ in
      hold.wait()
      return [.send("HTTP/1.1 429 Slow Down\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n")]
    } _: { upstream, server, _ in
      let url = server.url
      let first = Task { try await upstream.send(HTTPRequest(url: url), route: "/", repeatable: true).status }
      while server.requests.isEmpty { await Task.yield() }
      let second = Task { try await upstream.send(HTTPRequest(url: url), route: "/", repeatable: true).status }
      while upstream.waiting < 1 { await Task.yield() }
      hold.end()
      let status = try await first.value
      #expect(status == 429)
      await #expect(throws: TransportError(.throttled, retryAfter: .seconds(600))) { try await second.value }
    }
  }
}
