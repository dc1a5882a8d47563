import JSON
import MicrosoftGraph
import ProvisioningModel
import Synchronization
import Testing

@Suite("Two subscriptions are kept alive")
struct SubscriptionKeeperTests {
  typealias Keeper = SubscriptionKeeper<SkippingClock>

  struct Stage {
    let rig: Rig
    let script: SubscriptionScript
    let state: KeptSubscriptions
    let keeper: Keeper

    /// Methods and paths of what Graph was asked since so many requests.
    func lines(since count: Int = 0) -> [String] {
      rig.graphLines.dropFirst(count).map { String($0.prefix { $0 != "?" }).replacing("/v1.0", with: "") }
    }

    func keeper(publicURL: String = "https://a", secret: String = "s3cret") -> Keeper {
      Keeper(rig.client, state: state, publicURL: publicURL, clock: rig.clock.wall, clientState: { secret })
    }
  }

  private func with(_ body: (Stage) async throws -> Void) async throws {
    let script = SubscriptionScript()
    try await Rig.with(respond: script.respond) { rig in
      let state = KeptSubscriptions()
      let keeper = Keeper(
        rig.client, state: state, publicURL: "https://a", clock: rig.clock.wall, clientState: { "s3cret" })
      try await body(Stage(rig: rig, script: script, state: state, keeper: keeper))
    }
  }

  @Test("At first both are made, for just under 29 days")
  func creation() async throws {
    try await with { stage in
      let records = try await stage.keeper.ensure()
      #expect(records.map(\.resource) == ["/users", "/groups"])
      #expect(records == stage.state.records)
      let made = try #require(stage.script.subscriptions.first)
      #expect(made["changeType"]?.string == "updated,deleted")
      #expect(made["notificationUrl"]?.string == "https://a/webhooks/graph")
      #expect(made["lifecycleNotificationUrl"]?.string == "https://a/webhooks/graph/lifecycle")
      #expect(made["clientState"]?.string == "s3cret")
      let life = try #require(made["expirationDateTime"]?.string.flatMap { Timestamp($0) }) - SkippingClock.start
      #expect((.seconds(41_600 * 60)...Duration.seconds(41_760 * 60 - 60)).contains(life))
      #expect(!"\(records)".contains("s3cret"), "only a digest of the secret is kept")
    }
  }

  @Test("After that a look is enough, also after a restart")
  func keep() async throws {
    try await with { stage in
      let made = try await stage.keeper.ensure()
      let asked = stage.rig.graphLines.count
      let found = try await stage.keeper.ensure()
      #expect(found == made)
      let again = try await stage.keeper().ensure()
      #expect(again == made)
      #expect(stage.lines(since: asked) == ["GET /subscriptions", "GET /subscriptions"])
    }
  }

  @Test("They are renewed at half life, in time for the next check")
  func renewal() async throws {
    try await with { stage in
      try await stage.keeper.ensure()
      let half = await stage.keeper.nextCheck - SkippingClock.start
      #expect((.seconds(86_400 * 14)...Duration.seconds(86_400 * 15)).contains(half))
      stage.rig.clock.advance(by: half)
      let asked = stage.rig.graphLines.count
      let records = try await stage.keeper.ensure()
      #expect(
        stage.lines(since: asked) == ["GET /subscriptions", "PATCH /subscriptions/sub-1", "PATCH /subscriptions/sub-2"])
      #expect(records.allSatisfy { $0.expiration - stage.rig.clock.time > .seconds(86_400 * 28) })
    }
  }

  @Test("One that vanished is made again at the next look")
  func vanished() async throws {
    try await with { stage in
      try await stage.keeper.ensure()
      stage.script.change { $0.subscriptions.removeFirst() }
      let records = try await stage.keeper.ensure()
      #expect(records.map(\.id) == ["sub-3", "sub-2"])
    }
  }

  @Test("A list that lags behind does not make it vanish")
  func laggingList() async throws {
    try await with { stage in
      let made = try await stage.keeper.ensure()
      stage.script.change { $0.isListEmpty = true }
      let found = try await stage.keeper.ensure()
      #expect(found == made)
    }
  }

  @Test(
    "With the state lost, what stands in the way is taken up or replaced; there are never more than two",
    arguments: [true, false])
  func lostState(showsClientState: Bool) async throws {
    try await with { stage in
      try await stage.keeper.ensure()
      stage.script.change { $0.showsClientState = showsClientState }
      try await stage.state.setSubscriptions([])
      let records = try await stage.keeper().ensure()
      #expect(stage.script.ids == records.map(\.id))
      #expect(records.map(\.id) == (showsClientState ? ["sub-1", "sub-2"] : ["sub-3", "sub-4"]))
    }
  }

  @Test("A conflict that the list did not show is looked into: ours is taken up")
  func conflict() async throws {
    try await with { stage in
      stage.script.change { $0.showsClientState = true }
      try await stage.keeper.ensure()
      try await stage.state.setSubscriptions([])
      stage.script.change { $0.isListEmpty = true }
      let failing = stage.keeper()
      let told = try await failure { () throws(Failure) in try await failing.ensure() }
      #expect(told.code == .conflict)
      stage.script.change { $0.isListEmpty = false }
      let found = try await failing.ensure().map(\.id)
      #expect(found == ["sub-1", "sub-2"])
    }
  }

  @Test("A subscription of another program is not touched, even when it stands in the way")
  func foreign() async throws {
    try await with { stage in
      let foreign: JSONValue = [
        "id": "theirs", "resource": "/users", "changeType": "updated,deleted", "notificationUrl": "https://b/hooks",
        "expirationDateTime": "2026-01-20T00:00:00Z",
      ]
      stage.script.change { $0.subscriptions = [foreign] }
      let told = try await failure { () throws(Failure) in try await stage.keeper.ensure() }
      #expect(told.code == .conflict)
      #expect(told.advice.contains("app registration of its own"))
      #expect(stage.script.ids == ["theirs", "sub-1"], "the other one is looked after all the same")
      #expect(stage.state.records.map(\.resource) == ["/groups"])
    }
  }

  @Test(
    "Another public address or client state makes new ones", arguments: [("https://b", "s3cret"), ("https://a", "new")])
  func changedConfiguration(publicURL: String, secret: String) async throws {
    try await with { stage in
      try await stage.keeper.ensure()
      let records = try await stage.keeper(publicURL: publicURL, secret: secret).ensure()
      #expect(records.map(\.id) == ["sub-3", "sub-4"])
      #expect(stage.script.ids == ["sub-3", "sub-4"])
      #expect(stage.script.subscriptions.allSatisfy { $0["clientState"]?.string == secret })
      #expect(stage.script.subscriptions.allSatisfy { $0["notificationUrl"]?.string == publicURL + "/webhooks/graph" })
    }
  }

  @Test("reauthorizationRequired: renewed, but not within ten minutes of the last time")
  func reauthorization() async throws {
    try await with { stage in
      try await stage.keeper.ensure()
      await stage.keeper.renewalIsAskedFor("sub-2")
      let asked = stage.rig.graphLines.count
      try await stage.keeper.ensure()
      #expect(stage.lines(since: asked) == ["GET /subscriptions"])
      #expect(await stage.keeper.nextCheck == SkippingClock.start + .seconds(600))
      stage.rig.clock.advance(by: .seconds(600))
      try await stage.keeper.ensure()
      try await stage.keeper.ensure()
      #expect(
        stage.lines(since: asked) == [
          "GET /subscriptions", "GET /subscriptions", "PATCH /subscriptions/sub-2", "GET /subscriptions",
        ])
    }
  }

  @Test("Only what stands or is on record is known")
  func known() async throws {
    try await with { stage in
      #expect(try await stage.keeper.known() == [])
      try await stage.keeper.ensure()
      #expect(try await stage.keeper.known() == ["sub-1", "sub-2"])
    }
  }

  @Test("subscriptionRemoved: made again, also when the list still shows it")
  func removed() async throws {
    try await with { stage in
      try await stage.keeper.ensure()
      try await stage.keeper.wasRemoved("sub-1")
      #expect(stage.state.records.map(\.id) == ["sub-2"])
      #expect(await stage.keeper.nextCheck <= stage.rig.clock.time)
      let found = try await stage.keeper.ensure().map(\.id)
      #expect(found == ["sub-3", "sub-2"])
      #expect(stage.script.ids == ["sub-2", "sub-3"])
    }
  }

  @Test("One that Graph will not renew is replaced at once", arguments: [404, 400, 409, 410])
  func refusedRenewal(status: Int) async throws {
    try await with { stage in
      try await stage.keeper.ensure()
      stage.rig.clock.advance(by: .seconds(86_400 * 20))
      stage.script.change { $0.overrides["PATCH"] = .error(status, "ResourceNotFound") }
      let found = try await stage.keeper.ensure().map(\.id)
      #expect(found == ["sub-3", "sub-4"])
    }
  }

  @Test("A renewal that fails in passing leaves the subscription alone and is tried again soon")
  func failedRenewal() async throws {
    try await with { stage in
      try await stage.keeper.ensure()
      stage.rig.clock.advance(by: .seconds(86_400 * 20))
      stage.script.change { $0.overrides["PATCH"] = .error(500, "generalException") }
      let told = try await failure { () throws(Failure) in try await stage.keeper.ensure() }
      #expect(told.remedy == .retry(after: nil))
      #expect(stage.script.ids == ["sub-1", "sub-2"])
      #expect(await stage.keeper.nextCheck == stage.rig.clock.time + .seconds(60))
      stage.script.change { $0.overrides = [:] }
      let found = try await stage.keeper.ensure().map(\.id)
      #expect(found == ["sub-1", "sub-2"])
    }
  }

  @Test("A refused validation says what Graph must be able to reach; it does not stop the job")
  func refusedValidation() async throws {
    try await with { stage in
      stage.script.change { $0.overrides["POST"] = .error(400, "ValidationError") }
      let told = try await failure { () throws(Failure) in try await stage.keeper.ensure() }
      #expect(told.remedy == .retry(after: nil))
      #expect(told.advice.contains("publicUrl"))
      stage.script.change { $0.overrides = [:] }
      let found = try await stage.keeper.ensure()
      #expect(found.count == 2)
    }
  }

  @Test("Nothing is concluded from a list that cannot be read")
  func unreadableList() async throws {
    try await with { stage in
      try await stage.keeper.ensure()
      stage.script.change { $0.overrides["GET"] = .error(500, "generalException") }
      _ = try await failure { () throws(Failure) in try await stage.keeper.ensure() }
      #expect(stage.script.ids == ["sub-1", "sub-2"])
      #expect(stage.state.records.count == 2)
    }
  }

  @Test("Calls at the same time do not make more than two")
  func concurrentCalls() async throws {
    try await with { stage in
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<8 { group.addTask { _ = try? await stage.keeper.ensure() } }
      }
      #expect(stage.script.ids == ["sub-1", "sub-2"])
    }
  }

  @Test("A client state that cannot be read says so")
  func unreadableClientState() async throws {
    struct Missing: Error {}
    try await with { stage in
      let keeper = Keeper(
        stage.rig.client, state: stage.state, publicURL: "https://a", clock: stage.rig.clock.wall,
        clientState: { throw Missing() })
      let told = try await failure { () throws(Failure) in try await keeper.ensure() }
      #expect(told.advice.contains("clientStateFile"))
    }
  }
}
