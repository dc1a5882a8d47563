import JSON
import Simulators
import Testing

@Suite(.timeLimit(.minutes(5))) struct GraphSubscriptionTests {
  @Test func bothAddressesProveThemselvesFirst() async throws {
    try await SubscribedRig.run { world async throws in
      try await world.subscribe()
      #expect(world.endpoint.tokens.map(\.target) == ["/notify", "/lifecycle"])
      for token in world.endpoint.tokens.map(\.token) {
        #expect(token.hasPrefix("Validation: Testing client application reachability"))
        #expect(token.contains("+") && token.contains("%"))
      }
      #expect(Set(world.endpoint.tokens.map(\.token)).count == 2)
    }
  }

  @Test func theTokenJoinsAQueryThatIsThere() async throws {
    try await SubscribedRig.run { world async throws in
      let answer = await world.rig.send("POST", "/subscriptions", world.body(path: "/notify?tenant=7"))
      #expect(answer.status == 201)
      #expect(world.endpoint.tokens.first?.target == "/notify?tenant")
    }
  }

  @Test(arguments: NotificationEndpoint.Proof.allCases.filter { $0 != .genuine })
  func withoutAProofThereIsNoSubscription(proof: NotificationEndpoint.Proof) async throws {
    try await SubscribedRig.run(proof: proof) { world async throws in
      let answer = await world.rig.send("POST", "/subscriptions", world.body())
      #expect(answer.status == 400 && answer.errorCode == "ValidationError")
      #expect(world.rig.graph.subscriptionCount == 0)
    }
  }

  @Test func anAddressThatNobodyAnswersIsRefused() async throws {
    try await SubscribedRig.run { world async throws in
      var body = world.body()
      body["lifecycleNotificationUrl"] = "http://127.0.0.1:9/lifecycle"
      #expect(await world.rig.send("POST", "/subscriptions", body).errorCode == "ValidationError")
    }
  }

  @Test(arguments: ["resource", "changeType", "notificationUrl", "expirationDateTime"])
  func whatIsRequiredIsMissed(name: String) async throws {
    try await SubscribedRig.run { world async throws in
      var body = world.body()
      body[name] = .null
      let answer = await world.rig.send("POST", "/subscriptions", body)
      #expect(answer.status == 400 && answer.errorCode == "InvalidRequest")
      #expect(world.endpoint.tokens.isEmpty)
    }
  }

  @Test(arguments: [
    ("changeType", "created,updated", 400), ("changeType", "updated, deleted", 201), ("changeType", "updated", 201),
    ("clientState", String(repeating: "x", count: 128), 201), ("clientState", String(repeating: "x", count: 129), 400),
    ("resource", "users", 201), ("resource", "/groups", 201),
  ])
  func valuesHaveLimits(name: String, value: String, status: Int) async throws {
    try await SubscribedRig.run { world async throws in
      var body = world.body()
      body[name] = .string(value)
      #expect(await world.rig.send("POST", "/subscriptions", body).status == status)
    }
  }

  @Test(arguments: [
    ("/users", "updated,deleted", 409), ("users", "deleted,updated", 409), ("/users", "updated", 201),
    ("/groups", "updated,deleted", 201),
  ])
  func theSameSubscriptionCannotBeMadeTwice(resource: String, changeType: String, status: Int) async throws {
    try await SubscribedRig.run { world async throws in
      try await world.subscribe()
      let second = await world.rig.send("POST", "/subscriptions", world.body(resource, changeType: changeType))
      #expect(second.status == status)
    }
  }

  @Test func ofTwoAtTheSameTimeOneIsMade() async throws {
    try await SubscribedRig.run { world async throws in
      async let first = world.rig.send("POST", "/subscriptions", world.body())
      async let second = world.rig.send("POST", "/subscriptions", world.body())
      let statuses = await [first.status, second.status].sorted()
      #expect(statuses == [201, 409])
      #expect(world.rig.graph.subscriptionCount == 1)
    }
  }

  @Test func aSubscriptionIsListedReadRenewedAndEnded() async throws {
    try await SubscribedRig.run { world async throws in
      let id = try await world.subscribe()
      let listed = try await world.rig.get("/subscriptions")
      #expect(listed.ids == [id])
      let read = try await world.rig.get("/subscriptions/\(id)")
      #expect(read["resource"]?.string == "/users" && read["changeType"]?.string == "updated,deleted")
      #expect(read["notificationUrl"]?.string == world.url + "/notify")
      #expect(read["clientState"]?.isNull == true)
      let renewed = await world.rig.send(
        "PATCH", "/subscriptions/\(id)", ["expirationDateTime": "2026-12-05T00:00:00Z"])
      #expect(renewed.json?["expirationDateTime"]?.string == "2026-12-05T00:00:00Z")
      #expect(await world.rig.send("POST", "/subscriptions/\(id)/reauthorize").status == 204)
      #expect(await world.rig.send("DELETE", "/subscriptions/\(id)").status == 204)
      let after = try await world.rig.get("/subscriptions")
      #expect(after.rows.isEmpty)
    }
  }

  @Test(arguments: [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/reauthorize")])
  func anUnknownSubscriptionIsNotFound(method: String, rest: String) async throws {
    try await GraphRig.run { rig async throws in
      let answer = await rig.send(
        method, "/subscriptions/none\(rest)", ["expirationDateTime": "2026-12-05T00:00:00Z"])
      #expect(answer.status == 404 && answer.errorCode == "ResourceNotFound")
    }
  }
}
