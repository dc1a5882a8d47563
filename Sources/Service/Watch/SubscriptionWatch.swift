import ProvisioningModel

/// Notices when a subscription has been gone for a while, and when it is back: once each. Pure.
struct SubscriptionWatch: Sendable {
  enum Event: Hashable, Sendable {
    case lost(resource: String, Failure?)
    case restored(resource: String)
  }

  /// One that is made again at once was never lost: so many looks in a row must have found none.
  private static let patience = 2

  private let resources: [String]
  private var missed: [String: Int] = [:]

  init(resources: [String]) {
    self.resources = resources
  }

  /// Of which a person has been told that they are gone.
  var lost: [String] { resources.filter { missed[$0, default: 0] >= Self.patience } }

  /// - Parameters:
  ///   - standing: The subscriptions after they were looked after.
  ///   - failure: Why one of them could not be.
  mutating func note(_ standing: [SubscriptionRecord], _ failure: Failure?, now: Timestamp) -> [Event] {
    var events: [Event] = []
    for resource in resources {
      let wasLost = missed[resource, default: 0] >= Self.patience
      if standing.contains(where: { $0.resource == resource && $0.expiration > now }) {
        missed[resource] = 0
        if wasLost { events.append(.restored(resource: resource)) }
      } else {
        missed[resource] = min(missed[resource, default: 0] + 1, Self.patience)
        if !wasLost, missed[resource] == Self.patience { events.append(.lost(resource: resource, failure)) }
      }
    }
    return events
  }
}

extension OperatorMail {
  init(_ event: SubscriptionWatch.Event) {
    switch event {
    case .lost(let resource, let failure):
      self.init(
        kind: "subscription", subject: "the subscription to \(resource) is lost",
        "Microsoft Graph sends no notifications of \(resource.dropFirst()) any more, and the subscription cannot be made again.",
        failure: failure,
        meanwhile: "the cycles find what changes, and the subscription is tried again every minute. "
          + "You will be told when it stands.")
    case .restored(let resource):
      self.init(
        kind: "subscription", subject: "the subscription to \(resource) stands again",
        "Notifications of \(resource.dropFirst()) arrive again. What was missed is found by a cycle, which begins now.")
    }
  }
}
