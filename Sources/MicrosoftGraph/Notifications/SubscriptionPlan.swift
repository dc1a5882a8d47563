package import ProvisioningModel

/// What a subscription ought to be.
package struct WantedSubscription: Hashable, Sendable {
  /// `/users` or `/groups`.
  package var resource: String
  package var notificationURL: String
  package var lifecycleURL: String
  package var clientStateDigest: String

  package static let resources = ["/users", "/groups"]
  package static let changeTypes: Set<String> = ["updated", "deleted"]
  /// Where Graph calls this service, under its public URL.
  package static let notificationPath = "/webhooks/graph"
  /// Just under the 29 days that Graph allows (docs/reference/microsoft-graph.md, "Subscriptions").
  package static let lifetime = Duration.seconds(41_700 * 60)
}

/// A subscription of the app registration as Graph lists it.
package struct ListedSubscription: Hashable, Sendable {
  package var id: String
  /// With a leading slash, in lower case.
  package var resource: String
  package var changeTypes: Set<String>
  package var notificationURL: String
  /// Nil when Graph does not say.
  package var lifecycleURL: String?
  package var expiration: Timestamp
  /// Nil when Graph withholds the client state.
  package var clientStateDigest: String?
}

/// What to do about one wanted subscription. Pure.
package struct SubscriptionPlan: Hashable, Sendable {
  package enum Step: Hashable, Sendable {
    case keep(id: String)
    /// One PATCH renews and reauthorizes.
    case renew(id: String)
    case create
  }

  /// Ours, but of no use any more: removed before the step, as Graph takes no second one of the same kind.
  package var delete: [String] = []
  package var step: Step

  /// Graph asks not to renew and reauthorize within ten minutes of each other (docs/reference/microsoft-graph.md, "Subscriptions").
  package static let renewalGuard = Duration.seconds(600)

  /// What this process remembers of a subscription.
  package struct Memory: Hashable, Sendable {
    /// When it was made or renewed.
    package var renewedAt: Timestamp?
    /// Graph sent `reauthorizationRequired`.
    package var renewalIsAskedFor = false
    /// Graph sent `subscriptionRemoved`, or refused to renew it.
    package var isLost = false

    package init() {}
  }

  /// - Parameters:
  ///   - listed: All subscriptions of the app registration.
  ///   - record: What the state has on the resource.
  ///   - memory: By subscription id.
  package static func make(
    wanted: WantedSubscription, listed: [ListedSubscription], record: SubscriptionRecord?,
    memory: [String: Memory] = [:], now: Timestamp
  ) -> SubscriptionPlan {
    let ours = listed.filter { isOurs($0, wanted, record) }
    let fitting = ours.filter { fits($0, wanted, record, now) && memory[$0.id]?.isLost != true }
    // With the one on record first, then the one that lasts longest.
    let best = fitting.first { $0.id == record?.id } ?? fitting.max { $0.expiration < $1.expiration }
    let useless = ours.lazy.filter { $0.id != best?.id }.map(\.id)
    guard let best else { return SubscriptionPlan(delete: Array(useless), step: .create) }
    let isDue = isDue(best, memory[best.id] ?? Memory(), now)
    return SubscriptionPlan(delete: Array(useless), step: isDue ? .renew(id: best.id) : .keep(id: best.id))
  }

  /// When a subscription is to be looked at again, at the latest.
  package static func nextCheck(_ record: SubscriptionRecord, _ memory: Memory?, now: Timestamp) -> Timestamp {
    let halfway = Timestamp(
      milliseconds: record.expiration.milliseconds - life(record.expiration, memory).milliseconds / 2)
    guard let memory, memory.renewalIsAskedFor else { return halfway }
    return memory.renewedAt.map { $0 + renewalGuard } ?? now
  }

  /// Other subscriptions of the same app registration, of other programs or of another Rollcall, are none of our business.
  private static func isOurs(
    _ listed: ListedSubscription, _ wanted: WantedSubscription, _ record: SubscriptionRecord?
  ) -> Bool {
    if listed.id == record?.id { return true }
    return listed.resource == wanted.resource && listed.changeTypes == WantedSubscription.changeTypes
      && listed.notificationURL == wanted.notificationURL
  }

  private static func fits(
    _ listed: ListedSubscription, _ wanted: WantedSubscription, _ record: SubscriptionRecord?, _ now: Timestamp
  ) -> Bool {
    // When Graph withholds the client state, only the record knows it. Without one the subscription might carry an old secret, and
    // every notification would be dropped.
    let digest = listed.clientStateDigest ?? (listed.id == record?.id ? record?.clientStateDigest : nil)
    return listed.expiration > now && listed.resource == wanted.resource
      && listed.changeTypes == WantedSubscription.changeTypes && listed.notificationURL == wanted.notificationURL
      && listed.lifecycleURL ?? wanted.lifecycleURL == wanted.lifecycleURL && digest == wanted.clientStateDigest
  }

  private static func isDue(_ listed: ListedSubscription, _ memory: Memory, _ now: Timestamp) -> Bool {
    if let renewedAt = memory.renewedAt, now - renewedAt < renewalGuard { return false }
    return memory.renewalIsAskedFor || listed.expiration - now <= life(listed.expiration, memory) / 2
  }

  /// What Graph granted; it may have granted less than was asked for.
  private static func life(_ expiration: Timestamp, _ memory: Memory?) -> Duration {
    memory?.renewedAt.map { min(expiration - $0, WantedSubscription.lifetime) } ?? WantedSubscription.lifetime
  }
}
