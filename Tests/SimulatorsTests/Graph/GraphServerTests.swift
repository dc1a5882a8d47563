import HTTPTransport
import JSON
import Simulators
import Testing

/// Over a socket, as a script would: sign-in, faults and the controls under `/simulator`.
@Suite struct GraphServerTests {
  private struct Caller: Sendable {
    let client: HTTPClient
    let server: SimulatorServer
    var authorization = ""

    func send(_ method: HTTPMethod, _ path: String, _ body: String? = nil) async throws -> HTTPResponse {
      try await client.send(
        HTTPRequest(
          method: method, url: server.url + path, headers: ["Authorization": authorization],
          body: body.map { Array($0.utf8) }, timeout: .seconds(10)))
    }

    func users() async throws -> HTTPResponse { try await send(.get, "/v1.0/users") }
  }

  private static func run(users: Int = 1, _ body: (GraphSimulator, Caller) async throws -> Void) async throws {
    try await GraphRig.run(users: users) { rig async throws in
      let server = try await SimulatorServer.start(rig.graph)
      let client = try HTTPClient()
      do {
        var caller = Caller(client: client, server: server)
        let request = SimulatedRequest.token(rig.graph.tenant.tenantID)
        let answer = try await caller.send(.post, request.rawPath, String(decoding: request.body, as: UTF8.self))
        let token = try #require(try JSON(parsing: answer.body)["access_token"]?.string)
        caller.authorization = "Bearer \(token)"
        try await body(rig.graph, caller)
      } catch {
        await client.shutdown()
        await server.stop()
        throw error
      }
      await client.shutdown()
      await server.stop()
    }
  }

  @Test func aListIsReadPageByPage() async throws {
    try await Self.run(users: 5) { graph, caller async throws in
      var ids: [String] = []
      var path: String? = "/v1.0/users?$top=2"
      while let next = path, ids.count < 10 {
        let page = try JSON(parsing: try await caller.send(.get, next).body)
        ids += page.ids
        path = page["@odata.nextLink"]?.string?.replacing(caller.server.url, with: "")
      }
      #expect(ids == graph.tenant.userOrder)
    }
  }

  @Test(arguments: ["2", "2.128", "Fri, 31 Dec 1999 23:59:59 GMT"])
  func throttlingSaysHowLongInAnyForm(retryAfter: String) async throws {
    try await Self.run { _, caller async throws in
      let fault = #"{"path": "/users", "status": 429, "retryAfter": "\#(retryAfter)", "skip": 1, "count": 1}"#
      #expect(try await caller.send(.post, "/simulator/faults", fault).status == 204)
      var answers: [HTTPResponse] = []
      for _ in 0..<3 { answers.append(try await caller.users()) }
      #expect(answers.map(\.status) == [200, 429, 200])
      #expect(answers[1].headers["Retry-After"] == retryAfter)
    }
  }

  @Test func faultsAreTakenBack() async throws {
    try await Self.run { _, caller async throws in
      _ = try await caller.send(.post, "/simulator/faults", #"{"path": "/users", "status": 503, "count": 0}"#)
      for _ in 0..<3 { #expect(try await caller.users().status == 503) }
      #expect(try await caller.send(.delete, "/simulator/faults").status == 204)
      #expect(try await caller.users().status == 200)
      #expect(try await caller.send(.post, "/simulator/faults", #"{"status": 503}"#).status == 400)
    }
  }

  @Test func aLostAnswerBreaksOffAfterTheAct() async throws {
    try await Self.run { graph, caller async throws in
      graph.faults.add(Fault(method: "POST", path: "/users", kind: .lostAnswer))
      await #expect(throws: TransportError.self) {
        try await caller.send(.post, "/v1.0/users", #"{"userPrincipalName": "new@contoso.example"}"#)
      }
      #expect(graph.tenant.users.count == 2)
    }
  }

  @Test func requestsAreCountedWithoutTheirIDs() async throws {
    try await Self.run { graph, caller async throws in
      _ = try await caller.send(.delete, "/simulator/requests")
      for _ in 0..<2 { _ = try await caller.send(.get, "/v1.0/users/\(graph.tenant.userOrder[0])") }
      let counts = try JSON(parsing: try await caller.send(.get, "/simulator/requests").body)
      #expect(counts["GET /v1.0/users/{id}"]?.integer == 2)
      #expect(counts.count == 1)
    }
  }

  @Test func theTenantIsShown() async throws {
    try await Self.run(users: 3) { graph, caller async throws in
      let tenant = try JSON(parsing: try await caller.send(.get, "/simulator/tenant").body)
      #expect(tenant["tenantId"]?.string == graph.tenant.tenantID)
      #expect(tenant["appId"]?.string == graph.tenant.applicationID)
      #expect(tenant["users"]?.count == 3)
    }
  }

  @Test func theControlsDoWhatTheySay() async throws {
    try await Self.run { graph, caller async throws in
      let delta = try JSON(parsing: try await caller.send(.get, "/v1.0/users/delta").body)
      let link = try #require(delta["@odata.deltaLink"]?.string).replacing(caller.server.url, with: "")
      #expect(try await caller.send(.post, "/simulator/expireDeltaLinks").status == 204)
      #expect(try await caller.send(.get, link).status == 410)
      #expect(try await caller.send(.post, "/simulator/loseNotifications").status == 204)
      #expect(graph.losesNotifications)
      #expect(try await caller.send(.post, "/simulator/loseNotifications", #"{"lose": false}"#).status == 204)
      #expect(!graph.losesNotifications)
      #expect(try await caller.send(.post, "/simulator/revokeTokens").status == 204)
      #expect(try await caller.users().status == 401)
      #expect(try await caller.send(.post, "/simulator/nothing").status == 404)
    }
  }

  @Test func subscriptionsCanBeTakenAway() async throws {
    try await SubscribedRig.run { world async throws in
      try await world.subscribe()
      let control = SimulatedRequest(method: "POST", target: "/simulator/deleteSubscriptions")
      #expect(await world.rig.graph.respond(to: control).status == 204)
      #expect(world.rig.graph.subscriptionCount == 0)
    }
  }
}
