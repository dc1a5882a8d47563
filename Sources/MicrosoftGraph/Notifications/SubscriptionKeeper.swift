import Crypto
import HTTPTransport
import JSON
package import Provisioning

/// Keeps one subscription to `/users` and one to `/groups` alive for the service's whole life (contract, section 5).
package actor SubscriptionKeeper<C: Clock> where C.Duration == Duration {
  private let client: GraphClient<C>
  private let state: any State
  private let publicURL: String
  private let clientState: @Sendable () async throws -> String
  private let clock: any WallClock
  private var lastRenewals: [String: Timestamp] = [:]
  private var askedFor: Set<String> = []

  /// - Parameter publicURL: What Graph calls, without a trailing slash.
  package init(
    _ client: GraphClient<C>, state: any State, publicURL: String, clock: any WallClock,
    clientState: @escaping @Sendable () async throws -> String
  ) {
    self.client = client
    self.state = state
    self.publicURL = publicURL
    self.clock = clock
    self.clientState = clientState
  }

  /// Graph said `reauthorizationRequired`: the next `ensure` renews.
  package func renewalIsAskedFor(_ subscriptionID: String) {
    if askedFor.count < 100 { askedFor.insert(subscriptionID) }
  }

  /// Graph said `subscriptionRemoved`: the next `ensure` makes a new one.
  package func wasRemoved(_ subscriptionID: String) async throws(Failure) {
    try await state.setSubscriptions(try await state.subscriptions().filter { $0.id != subscriptionID })
  }

  /// Makes, renews or replaces what needs it. One that fails does not keep the other from being looked after.
  /// - Returns: The subscriptions that stand now.
  /// - Throws: The first failure, after all were tried.
  package func ensure() async throws(Failure) -> [SubscriptionRecord] {
    let secret: String
    do { secret = try await clientState() } catch {
      throw Failure(
        .retry(after: nil), .credentialValidation, "The client state cannot be read: \(error).",
        advice: "Check listener.clientStateFile and that the service may read it.")
    }
    var records = Dictionary(try await state.subscriptions().map { ($0.resource, $0) }) { first, _ in first }
    var firstFailure: Failure?
    for resource in WantedSubscription.resources {
      let wanted = WantedSubscription(
        resource: resource, notificationURL: publicURL + "/webhooks/graph",
        lifecycleURL: publicURL + "/webhooks/graph/lifecycle", clientStateDigest: Self.digest(secret))
      do throws(Failure) {
        records[resource] = try await ensure(wanted, records[resource], secret)
        try await state.setSubscriptions(Array(records.values))
      } catch {
        firstFailure = firstFailure ?? error
      }
    }
    if let firstFailure { throw firstFailure }
    return WantedSubscription.resources.compactMap { records[$0] }
  }

  private func ensure(
    _ wanted: WantedSubscription, _ record: SubscriptionRecord?, _ secret: String
  ) async throws(Failure) -> SubscriptionRecord {
    let isAskedFor = record.map { askedFor.contains($0.id) } ?? false
    let plan = SubscriptionPlan.make(
      record, wanted: wanted, now: clock.now, isAskedFor: isAskedFor,
      lastRenewal: record.flatMap { lastRenewals[$0.id] })
    switch (plan, record) {
    case (.keep, let record?):
      return record
    case (.renew(let id), var record?):
      guard let expiration = try await renew(id) else { return try await create(wanted, secret) }
      askedFor.remove(id)
      record.expiration = expiration
      return record
    case (.replace(let id), _):
      try await delete(id)
      return try await create(wanted, secret)
    case (.create, _), (.keep, nil), (.renew, nil):
      return try await create(wanted, secret)
    }
  }

  // MARK: Calls

  private func create(_ wanted: WantedSubscription, _ secret: String) async throws(Failure) -> SubscriptionRecord {
    let route = "/subscriptions"
    let body: JSONValue = [
      "changeType": "updated,deleted", "resource": .string(wanted.resource),
      "notificationUrl": .string(wanted.notificationURL), "lifecycleNotificationUrl": .string(wanted.lifecycleURL),
      "expirationDateTime": .string((clock.now + WantedSubscription.lifetime).description),
      "clientState": .string(secret),
    ]
    for _ in 0..<2 {
      let answer = try await client.exchange(.post, route, route: route, body: body, isRepeatable: true)
      if answer.status == 409 {
        if let adopted = try await adopt(wanted, secret) { return adopted }
        continue
      }
      guard answer.isSuccess, let json = answer.json, let id = json["id"]?.string else {
        throw refused(answer, .post, route)
      }
      let expiration = json["expirationDateTime"]?.string.flatMap { Timestamp($0) }
      lastRenewals[id] = clock.now
      return SubscriptionRecord(
        id: id, resource: wanted.resource, expiration: expiration ?? clock.now + WantedSubscription.lifetime,
        notificationURL: wanted.notificationURL, clientStateDigest: wanted.clientStateDigest)
    }
    throw Failure(
      .retry(after: nil), .conflict, "Graph says that a subscription to \(wanted.resource) exists, but lists none.",
      advice: "Nothing to do: it is tried again.")
  }

  /// Takes up the subscription that stands in the way, of an earlier life of this service; one that calls another address or
  /// carries another secret is removed.
  private func adopt(_ wanted: WantedSubscription, _ secret: String) async throws(Failure) -> SubscriptionRecord? {
    let existing = try await client.list("/subscriptions", route: "/subscriptions") {
      row throws(Failure) -> Existing? in
      let resource = row["resource"]?.string.map { $0.hasPrefix("/") ? $0 : "/\($0)" }
      guard resource?.lowercased() == wanted.resource, let id = row["id"]?.string else { return nil }
      let isOurs =
        row["notificationUrl"]?.string == wanted.notificationURL
        // Graph may withhold the secret.
        && (row["clientState"]?.string.map { ConstantTime.isEqual($0, secret) } ?? true)
      return Existing(id: id, isOurs: isOurs)
    }
    for subscription in existing where !subscription.isOurs { try await delete(subscription.id) }
    guard let ours = existing.first(where: \.isOurs), let expiration = try await renew(ours.id) else { return nil }
    return SubscriptionRecord(
      id: ours.id, resource: wanted.resource, expiration: expiration, notificationURL: wanted.notificationURL,
      clientStateDigest: wanted.clientStateDigest)
  }

  private struct Existing: Sendable {
    var id: String
    var isOurs: Bool
  }

  /// - Returns: The new end, or nil when Graph does not know the subscription any more.
  private func renew(_ id: String) async throws(Failure) -> Timestamp? {
    let route = "/subscriptions/{id}"
    let end = clock.now + WantedSubscription.lifetime
    let answer = try await client.exchange(
      .patch, "/subscriptions/\(URLEncoding.pathSegment(id))", route: route,
      body: ["expirationDateTime": .string(end.description)])
    if answer.status == 404 { return nil }
    guard answer.isSuccess else { throw refused(answer, .patch, route) }
    lastRenewals[id] = clock.now
    return answer.json?["expirationDateTime"]?.string.flatMap { Timestamp($0) } ?? end
  }

  private func delete(_ id: String) async throws(Failure) {
    let route = "/subscriptions/{id}"
    let answer = try await client.exchange(.delete, "/subscriptions/\(URLEncoding.pathSegment(id))", route: route)
    guard answer.isSuccess || answer.status == 404 else { throw refused(answer, .delete, route) }
  }

  /// A refusal does not stop provisioning: the cycles go on without notifications.
  private func refused(_ answer: GraphClient<C>.Answer, _ method: HTTPMethod, _ route: String) -> Failure {
    var failure = GraphFailure.refused(
      status: answer.status, headers: answer.headers, answer.json, method, route)
    if answer.status == 400 {
      failure.advice =
        "Graph must reach listener.publicUrl over HTTPS with a publicly trusted certificate and get the validation token back within 10 s."
    }
    failure.remedy = .retry(after: nil)
    return failure
  }

  private static func digest(_ secret: String) -> String {
    SHA256.hash(data: Array(secret.utf8)).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
