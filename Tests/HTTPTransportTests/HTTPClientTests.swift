import HTTPTransport
import Synchronization
import Testing

/// The client against a server that behaves, and one that does not.
@Suite(.timeLimit(.minutes(5))) struct HTTPClientTests {
  private func withServer(
    _ script: @escaping @Sendable (String, Int) -> [ScriptedServer.Step],
    configure: (inout HTTPClient.Configuration) -> Void = { _ in },
    _ body: (HTTPClient, ScriptedServer) async throws -> Void
  ) async throws {
    var configuration = HTTPClient.Configuration()
    configuration.proxy = ""
    configure(&configuration)
    let server = try ScriptedServer(script)
    let client = try HTTPClient(configuration)
    do {
      try await body(client, server)
    } catch {
      Issue.record(error)
    }
    await client.shutdown()
    server.stop()
  }

  private func failure(_ body: () async throws -> Void) async -> TransportError? {
    do {
      try await body()
      return nil
    } catch {
      return error as? TransportError
    }
  }

  @Test("sends method, headers and body, and reads status, headers and body")
  func exchange() async throws {
    try await withServer { _, _ in
      [.send("HTTP/1.1 201 Created\r\nX-One: a\r\nx-one: b\r\nContent-Length: 4\r\n\r\nbody")]
    } _: { client, server in
      let response = try await client.send(
        HTTPRequest(
          method: .post, url: server.url + "/path?x=1", headers: ["Content-Type": "application/json", "X-Empty": ""],
          body: Array("{}".utf8)))
      #expect(response.status == 201 && response.body == Array("body".utf8))
      #expect(response.headers["X-ONE"] == "a" && response.headers.values(for: "x-One") == ["a", "b"])
      let request = try #require(server.requests.first)
      #expect(request.hasPrefix("POST /path?x=1 HTTP/1.1\r\n") && request.hasSuffix("\r\n\r\n{}"))
      #expect(request.contains("Content-Type: application/json") && !request.contains("Expect:"))
    }
  }

  @Test("every method goes out as itself", arguments: [HTTPMethod.get, .head, .post, .put, .patch, .delete, .options])
  func methods(_ method: HTTPMethod) async throws {
    try await withServer { _, _ in
      [.send("HTTP/1.1 204 No Content\r\n\r\n")]
    } _: { client, server in
      let response = try await client.send(HTTPRequest(method: method, url: server.url))
      #expect(response.status == 204 && response.body.isEmpty)
      #expect(server.requests.first?.hasPrefix(method.rawValue + " ") == true)
    }
  }

  @Test("one connection serves one request after another; a fresh one can be asked for")
  func reuse() async throws {
    try await withServer { _, _ in
      ScriptedServer.ok()
    } _: { client, server in
      for turn in 0..<20 {
        let response = try await client.send(HTTPRequest(url: server.url))
        #expect(response.reusedConnection == (turn > 0))
      }
      #expect(server.connections == 1)
      _ = try await client.send(HTTPRequest(url: server.url, usesFreshConnection: true))
      #expect(server.connections == 2)
    }
  }

  @Test("connections that are needed no more are closed but for those that are kept, however many there were")
  func keptConnections() async throws {
    try await withServer({ _, _ in ScriptedServer.ok() }, configure: { $0.maxKeptConnections = 3 }) { client, server in
      for _ in 0..<20 { _ = try await client.send(HTTPRequest(url: server.url, usesFreshConnection: true)) }
      #expect(server.connections == 20)
      await server.waitForOpenConnections(atMost: 3)
    }
  }

  @Test("thousands of requests at once go over a bounded number of connections")
  func manyAtOnce() async throws {
    let served = Mutex((now: 0, most: 0))
    let secondHasCome = Hold()
    let script: @Sendable (String, Int) -> [ScriptedServer.Step] = { _, number in
      served.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      if number == 0 { secondHasCome.wait() } else if number == 1 { secondHasCome.end() }
      served.withLock { $0.now -= 1 }
      return ScriptedServer.ok()
    }
    try await withServer(script, configure: { $0.maxConnectionsPerHost = 16 }) { client, server in
      let url = server.url
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<3000 {
          group.addTask { try await client.send(HTTPRequest(url: url)).status }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses == Array(repeating: 200, count: 3000))
      #expect((2...16).contains(served.withLock { $0.most }))
      // libcurl may give up an idle connection for a new one, but does not make a habit of it.
      #expect(server.connections < 300)
    }
  }

  @Test("chunked bodies are put together; redirects are answers")
  func forms() async throws {
    try await withServer { request, _ in
      request.contains("/moved")
        ? [.send("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")]
        : [
          .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
          .send("2\r\nde\r\n0\r\n\r\n"),
        ]
    } _: { client, server in
      let whole = try await client.send(HTTPRequest(url: server.url))
      #expect(whole.body == Array("abcde".utf8))
      let moved = try await client.send(HTTPRequest(url: server.url + "/moved"))
      #expect(moved.status == 302 && moved.headers["location"] == "http://127.0.0.1:1/")
    }
  }

  @Test(
    "an answer that breaks off is an error, however far it came",
    arguments: [
      [ScriptedServer.Step.close], [.send("HTTP/1.1 200 OK\r\nContent-"), .close],
      [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), .close],
      [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"), .close],
      [.send("garbage\r\n\r\n"), .close],
    ])
  func cut(steps: [ScriptedServer.Step]) async throws {
    try await withServer { _, _ in
      steps
    } _: { client, server in
      let error = await failure { _ = try await client.send(HTTPRequest(method: .post, url: server.url, body: [1])) }
      #expect(error?.phase == .receive && error?.mayHaveReachedServer == true && error?.isRetriable == true)
    }
  }

  @Test("a body or headers beyond the cap end the transfer")
  func caps() async throws {
    try await withServer(
      { request, _ in
        request.contains("/headers")
          ? [.send("HTTP/1.1 200 OK\r\nX-Long: "), .fill(100_000), .send("\r\n\r\n")]
          : [.send("HTTP/1.1 200 OK\r\n\r\n"), .fill(1_000_000), .close]
      },
      configure: {
        $0.maxResponseBytes = 10_000; $0.maxHeaderBytes = 20_000
      }
    ) { client, server in
      for path in ["/body", "/headers"] {
        let error = await failure { _ = try await client.send(HTTPRequest(url: server.url + path)) }
        #expect(error?.phase == .tooLarge && error?.isRetriable == false, "\(path)")
      }
      let own = try await client.send(HTTPRequest(url: server.url, maxResponseBytes: 2_000_000))
      #expect(own.body.count == 1_000_000)
    }
  }

  @Test("time is bounded: in all, and when nothing moves")
  func timeouts() async throws {
    try await withServer { request, _ in
      [.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n"), .stall]
    } _: { client, server in
      let error = await failure { _ = try await client.send(HTTPRequest(url: server.url, timeout: .milliseconds(200))) }
      #expect(error?.phase == .timeout && error?.mayHaveReachedServer == true)
    }
    try await withServer(
      { _, _ in
        [.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\na"), .stall]
      }, configure: { $0.lowSpeed = (10, .seconds(1)) }
    ) { client, server in
      let error = await failure { _ = try await client.send(HTTPRequest(url: server.url)) }
      #expect(error?.phase == .timeout)
    }
  }

  @Test("what never left says so")
  func neverLeft() async throws {
    try await withServer { _, _ in
      []
    } _: { client, server in
      let port = server.port
      server.stop()
      for (url, phase) in [
        ("http://127.0.0.1:\(port)/", TransportError.Phase.connect), ("http://does.not.exist.invalid/", .resolve),
        ("ftp://127.0.0.1/", .invalidRequest), ("http://a b/", .invalidRequest), ("", .invalidRequest),
      ] {
        let error = await failure { _ = try await client.send(HTTPRequest(url: url, timeout: .seconds(5))) }
        #expect(error?.phase == phase, "\(url): \(String(describing: error))")
        #expect(error?.mayHaveReachedServer == false)
      }
      let smuggled = await failure {
        _ = try await client.send(HTTPRequest(url: "http://127.0.0.1:\(port)/", headers: ["X": "a\r\nY: b"]))
      }
      #expect(smuggled?.phase == .invalidRequest)
    }
  }

  @Test("cancellation reaches the transfer, and one that comes first is not lost")
  func cancellation() async throws {
    try await withServer { _, _ in
      [.stall]
    } _: { client, server in
      let url = server.url
      let task = Task { try await client.send(HTTPRequest(url: url)).status }
      while server.requests.isEmpty { await Task.yield() }
      task.cancel()
      let early = Task { try await client.send(HTTPRequest(url: url)).status }
      early.cancel()
      for task in [task, early] {
        guard case .failure(let error) = await task.result else {
          Issue.record("an error was expected")
          continue
        }
        #expect(error is CancellationError)
      }
    }
  }

  @Test("shutdown ends what is under way, and refuses what comes later")
  func shutdown() async throws {
    let server = try ScriptedServer { _, _ in [.stall] }
    defer { server.stop() }
    let client = try HTTPClient()
    let url = server.url
    let task = Task { try await client.send(HTTPRequest(url: url)).status }
    while server.requests.isEmpty { await Task.yield() }
    await client.shutdown()
    guard case .failure(let error) = await task.result else {
      Issue.record("an error was expected")
      return
    }
    #expect((error as? TransportError)?.phase == .shutdown)
    let late = await failure { _ = try await client.send(HTTPRequest(url: url)) }
    #expect(late?.phase == .shutdown)
    await client.shutdown()
  }

  @Test("no more transfers than the bound")
  func overload() async throws {
    let hold = Hold()
    let script: @Sendable (String, Int) -> [ScriptedServer.Step] = { _, _ in
      hold.wait()
      return ScriptedServer.ok()
    }
    try await withServer(script, configure: { $0.maxTransfers = 2 }) { client, server in
      let url = server.url
      let phases = await withTaskGroup(of: TransportError.Phase?.self) { group in
        for _ in 0..<6 {
          group.addTask {
            do {
              _ = try await client.send(HTTPRequest(url: url))
              return nil
            } catch {
              return (error as? TransportError)?.phase
            }
          }
        }
        var phases: [TransportError.Phase?] = []
        for await phase in group {
          phases.append(phase)
          // The others are held back until all that are too many have been refused.
          if phases.count == 4 { hold.end() }
        }
        return phases
      }
      #expect(phases == [.overloaded, .overloaded, .overloaded, .overloaded, nil, nil])
    }
  }

  @Test("errors do not repeat what may be secret")
  func discretion() async throws {
    try await withServer { _, _ in
      [.close]
    } _: { client, server in
      let error = await failure { _ = try await client.send(HTTPRequest(url: server.url + "/?token=secret")) }
      #expect(error?.description.contains("secret") == false && error?.description.isEmpty == false)
    }
  }
}
