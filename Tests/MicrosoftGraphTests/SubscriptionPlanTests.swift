import ProvisioningModel
import Testing
@testable import MicrosoftGraph

@Suite("What to do about a subscription")
struct SubscriptionPlanTests {
  private static let now = SkippingClock.start
  private static let wanted = WantedSubscription(
    resource: "/users", notificationURL: "https://a/webhooks/graph", lifecycleURL: "https://a/webhooks/graph/lifecycle",
    clientStateDigest: "digest")

  private static func days(_ days: Double) -> Timestamp { now + .seconds(days * 86_400) }

  private static func listed(
    _ id: String = "one", daysLeft: Double = 28, _ change: (inout ListedSubscription) -> Void = { _ in }
  ) -> ListedSubscription {
    var listed = ListedSubscription(
      id: id, resource: "/users", changeTypes: ["deleted", "updated"], notificationURL: wanted.notificationURL,
      lifecycleURL: wanted.lifecycleURL, expiration: days(daysLeft), clientStateDigest: nil)
    change(&listed)
    return listed
  }

  private static func record(_ id: String = "one", digest: String = "digest") -> SubscriptionRecord {
    SubscriptionRecord(
      id: id, resource: "/users", expiration: days(28), notificationURL: wanted.notificationURL,
      clientStateDigest: digest)
  }

  private static func plan(
    _ listed: [ListedSubscription], _ record: SubscriptionRecord?, _ memory: [String: SubscriptionPlan.Memory] = [:]
  ) -> SubscriptionPlan {
    SubscriptionPlan.make(wanted: wanted, listed: listed, record: record, memory: memory, now: now)
  }

  private static func memory(
    renewed ago: Duration? = nil, asked: Bool = false, lost: Bool = false
  ) -> SubscriptionPlan.Memory {
    var memory = SubscriptionPlan.Memory()
    memory.renewedAt = ago.map { now + (.zero - $0) }
    memory.renewalIsAskedFor = asked
    memory.isLost = lost
    return memory
  }

  @Test("None is there: one is made, whatever the record says")
  func create() {
    #expect(Self.plan([], nil) == SubscriptionPlan(step: .create))
    #expect(Self.plan([], Self.record()) == SubscriptionPlan(step: .create))
  }

  @Test(
    "Ours is kept while it has more than half of its life",
    arguments: [(28.9, false), (15, false), (14, true), (1, true)])
  func halfLife(daysLeft: Double, isDue: Bool) {
    let plan = Self.plan([Self.listed(daysLeft: daysLeft)], Self.record())
    #expect(plan.step == (isDue ? .renew(id: "one") : .keep(id: "one")))
  }

  @Test("When Graph granted less than was asked for, half of that counts")
  func shortLife() {
    let listed = Self.listed(daysLeft: 2)
    #expect(Self.plan([listed], Self.record(), ["one": Self.memory(renewed: .seconds(3600))]).step == .keep(id: "one"))
    let later = Self.memory(renewed: .seconds(86_400 * 3))
    #expect(Self.plan([listed], Self.record(), ["one": later]).step == .renew(id: "one"))
  }

  @Test("Graph's wish is granted, but not within ten minutes of the last renewal")
  func reauthorize() {
    let listed = [Self.listed()]
    #expect(Self.plan(listed, Self.record(), ["one": Self.memory(asked: true)]).step == .renew(id: "one"))
    let recent = Self.memory(renewed: .seconds(599), asked: true)
    #expect(Self.plan(listed, Self.record(), ["one": recent]).step == .keep(id: "one"))
    #expect(SubscriptionPlan.nextCheck(Self.record(), recent, now: Self.now) == Self.now + .seconds(1))
    let older = Self.memory(renewed: .seconds(600), asked: true)
    #expect(Self.plan(listed, Self.record(), ["one": older]).step == .renew(id: "one"))
  }

  @Test(
    "One that is of no use any more is replaced",
    arguments: [
      listed { $0.notificationURL = "https://b/webhooks/graph" },
      listed { $0.lifecycleURL = "https://b/webhooks/graph/lifecycle" },
      listed { $0.clientStateDigest = "another" }, listed(daysLeft: -1), listed { $0.changeTypes = ["updated"] },
    ])
  func replace(listed: ListedSubscription) {
    #expect(Self.plan([listed], Self.record()) == SubscriptionPlan(delete: ["one"], step: .create))
  }

  @Test("So is one whose secret is another now, one that Graph gave up, and one that it will not renew")
  func replaceOnRecord() {
    let expected = SubscriptionPlan(delete: ["one"], step: .create)
    #expect(Self.plan([Self.listed()], Self.record(digest: "old")) == expected)
    #expect(Self.plan([Self.listed()], Self.record(), ["one": Self.memory(lost: true)]) == expected)
  }

  @Test("Without a record, one that shows our secret is taken up; one that withholds it might carry an old one")
  func adopt() {
    #expect(Self.plan([Self.listed { $0.clientStateDigest = "digest" }], nil).step == .keep(id: "one"))
    #expect(Self.plan([Self.listed()], nil) == SubscriptionPlan(delete: ["one"], step: .create))
  }

  @Test("Of two that would do, the one on record stays")
  func doubles() {
    let plan = Self.plan([Self.listed("two") { $0.clientStateDigest = "digest" }, Self.listed()], Self.record())
    #expect(plan == SubscriptionPlan(delete: ["two"], step: .keep(id: "one")))
  }

  @Test(
    "What other programs subscribed to is left alone",
    arguments: [
      listed { $0.resource = "/groups" }, listed { $0.resource = "/me/messages" },
      listed { $0.notificationURL = "https://elsewhere/hooks" },
      // Another Rollcall under the same app registration.
      listed { $0.notificationURL = "https://b/webhooks/graph" },
      listed { $0.changeTypes = ["updated"] },
    ])
  func foreign(listed: ListedSubscription) {
    #expect(Self.plan([listed], nil) == SubscriptionPlan(step: .create))
  }

  @Test("It is looked at again at half of its life")
  func nextCheck() {
    let next = SubscriptionPlan.nextCheck(Self.record(), Self.memory(renewed: .zero), now: Self.now)
    #expect(next == Self.days(14))
  }
}
