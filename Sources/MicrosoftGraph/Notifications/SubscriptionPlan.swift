package import Provisioning

/// What a subscription ought to be.
package struct WantedSubscription: Hashable, Sendable {
  /// `/users` or `/groups`.
  package var resource: String
  package var notificationURL: String
  package var lifecycleURL: String
  package var clientStateDigest: String

  package static let resources = ["/users", "/groups"]
  /// Just under the 29 days that Graph allows (Graph reference, section 1.2).
  package static let lifetime = Duration.seconds(41_700 * 60)
}

/// Decides what to do about one subscription. Pure.
package enum SubscriptionPlan: Hashable, Sendable {
  case keep
  case create
  case renew(id: String)
  /// Its address or its secret is another one now: Graph cannot change those.
  case replace(id: String)

  /// Graph asks not to renew and reauthorize within ten minutes of each other (Graph reference, section 1.1).
  package static let renewalGuard = Duration.seconds(600)

  /// - Parameters:
  ///   - isStart: On start, a subscription with less than a quarter of its life left is renewed.
  ///   - isAskedFor: Graph sent `reauthorizationRequired`.
  package static func make(
    _ record: SubscriptionRecord?, wanted: WantedSubscription, now: Timestamp, isAskedFor: Bool = false,
    lastRenewal: Timestamp? = nil
  ) -> SubscriptionPlan {
    guard let record, record.expiration > now else { return .create }
    guard record.notificationURL == wanted.notificationURL, record.clientStateDigest == wanted.clientStateDigest else {
      return .replace(id: record.id)
    }
    if let lastRenewal, now - lastRenewal < renewalGuard { return .keep }
    let left = record.expiration - now
    return isAskedFor || left < WantedSubscription.lifetime / 2 ? .renew(id: record.id) : .keep
  }
}
