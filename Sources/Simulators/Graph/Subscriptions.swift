import JSON
import Synchronization

/// A subscription to changes.
struct Subscription: Sendable {
  var id: String
  /// `users` or `groups`.
  var resource: String
  var changeTypes: [String]
  var notificationURL: String
  var lifecycleURL: String?
  var clientState: String?
  var expiration: String

  var json: JSONValue {
    [
      "id": .string(id), "resource": .string("/" + resource), "changeType": .string(changeTypes.joined(separator: ",")),
      "notificationUrl": .string(notificationURL),
      "lifecycleNotificationUrl": lifecycleURL.map { .string($0) } ?? .null,
      "expirationDateTime": .string(expiration), "clientState": nil,
    ]
  }
}

extension GraphSimulator {
  func subscriptions(_ request: SimulatedRequest) async -> SimulatedResponse {
    let id = request.path.dropFirst().first
    switch (request.method, id) {
    case ("GET", nil):
      let all = storage.withLock { $0.subscriptions.values.map(\.json) }
      return SimulatedResponse(200, ["value": .array(all)])
    case ("GET", let id?):
      return storage.withLock { $0.subscriptions[id].map { SimulatedResponse(200, $0.json) } ?? gone }
    case ("POST", nil): return await create(request)
    case ("POST", let id?) where request.path.last == "reauthorize":
      return storage.withLock { $0.subscriptions[id] == nil } ? gone : SimulatedResponse(204)
    case ("PATCH", let id?):
      guard let expiration = request.json?["expirationDateTime"]?.string else {
        return .graphError(400, "InvalidRequest", "expirationDateTime is missing.")
      }
      return storage.withLock { storage in
        guard storage.subscriptions[id] != nil else { return gone }
        storage.subscriptions[id]?.expiration = expiration
        return SimulatedResponse(200, storage.subscriptions[id]?.json)
      }
    case ("DELETE", let id?):
      return storage.withLock { $0.subscriptions.removeValue(forKey: id) } == nil ? gone : SimulatedResponse(204)
    default: return gone
    }
  }

  private var gone: SimulatedResponse { .graphError(404, "ResourceNotFound", "The subscription does not exist.") }

  private var conflict: SimulatedResponse {
    .graphError(409, "Conflict", "A subscription already exists for the requested combination.")
  }

  private func create(_ request: SimulatedRequest) async -> SimulatedResponse {
    guard let body = request.json, let resource = body["resource"]?.string, let url = body["notificationUrl"]?.string,
      let types = body["changeType"]?.string, let expiration = body["expirationDateTime"]?.string
    else { return .graphError(400, "InvalidRequest", "A required property is missing.") }
    let changeTypes = types.split(separator: ",").map { $0.filter { $0 != " " } }
    guard changeTypes.allSatisfy({ ["updated", "deleted"].contains($0) }) else {
      return .graphError(400, "InvalidRequest", "Invalid 'changeType' attribute.")
    }
    guard (body["clientState"]?.string?.count ?? 0) <= 128 else {
      return .graphError(400, "InvalidRequest", "clientState is over 128 characters.")
    }
    let name = String(resource.drop { $0 == "/" }).lowercased()
    if storage.withLock({ $0.hasSubscription(name, changeTypes) }) { return conflict }
    let lifecycleURL = body["lifecycleNotificationUrl"]?.string
    for url in [url, lifecycleURL].compactMap({ $0 }) where await !notifier.validates(url) {
      return .graphError(
        400, "ValidationError",
        "Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.")
    }
    let clientState = body["clientState"]?.string
    return storage.withLock { storage in
      guard !storage.hasSubscription(name, changeTypes) else { return conflict }
      let subscription = Subscription(
        id: storage.random.guid(), resource: name, changeTypes: changeTypes, notificationURL: url,
        lifecycleURL: lifecycleURL, clientState: clientState, expiration: expiration)
      storage.subscriptions[subscription.id] = subscription
      return SimulatedResponse(201, subscription.json)
    }
  }

  /// Every subscription ends at this time.
  package func expireSubscriptions(at time: String) {
    storage.withLock { storage in
      for id in storage.subscriptions.keys { storage.subscriptions[id]?.expiration = time }
    }
  }

  /// Tells the lifecycle address of every subscription.
  package func sendLifecycleEvent(_ event: String) {
    let items = storage.withLock { storage in
      storage.subscriptions.values.compactMap { subscription -> Notifier.Item? in
        guard let url = subscription.lifecycleURL else { return nil }
        return Notifier.Item(
          url: url,
          json: [
            "subscriptionId": .string(subscription.id), "tenantId": .string(storage.tenant.tenantID),
            "clientState": subscription.clientState.map { .string($0) } ?? .null, "lifecycleEvent": .string(event),
            "subscriptionExpirationDateTime": .string(subscription.expiration),
          ])
      }
    }
    notifier.post(items)
  }
}

extension GraphSimulator.Storage {
  func hasSubscription(_ resource: String, _ changeTypes: [String]) -> Bool {
    subscriptions.values.contains { $0.resource == resource && Set($0.changeTypes) == Set(changeTypes) }
  }

  /// Of everything that changed after the first `position` changes.
  mutating func notifications(since position: Int) -> [Notifier.Item] {
    var items: [Notifier.Item] = []
    for change in tenant.changes.dropFirst(position) { items += notifications(change.kind, change.id) }
    return items
  }

  mutating func notifications(_ kind: Tenant.Kind, _ id: String) -> [Notifier.Item] {
    guard !losesNotifications else { return [] }
    notificationCount += 1
    let sequenceNumber = 638_700_000_000_000_000 + notificationCount
    let isGone =
      kind == .user ? tenant.users[id] == nil && tenant.deleted[id] == nil : tenant.groups[id] == nil
    let changeType = isGone ? "deleted" : "updated"
    let collection = kind == .user ? "Users" : "Groups"
    return subscriptions.values.filter { $0.resource == collection.lowercased() && $0.changeTypes.contains(changeType) }
      .map { subscription in
        Notifier.Item(
          url: subscription.notificationURL,
          json: [
            "changeType": .string(changeType), "clientState": subscription.clientState.map { .string($0) } ?? .null,
            "resource": .string("\(collection)/\(id)"), "subscriptionId": .string(subscription.id),
            "subscriptionExpirationDateTime": .string(subscription.expiration), "tenantId": .string(tenant.tenantID),
            "resourceData": [
              "@odata.type": .string("#Microsoft.Graph.\(collection.dropLast())"),
              "@odata.id": .string("\(collection)/\(id)"),
              "id": .string(id), "organizationId": .string(tenant.tenantID),
              "sequenceNumber": .integer(sequenceNumber),
            ],
          ])
      }
  }
}
