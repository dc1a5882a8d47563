import Cryptography
import HTTPTransport
import JSON
import ProvisioningModel

/// The calls of Graph's `/subscriptions` (docs/reference/microsoft-graph.md, "Subscriptions").
struct SubscriptionClient<C: Clock>: Sendable where C.Duration == Duration {
  enum Creation: Sendable {
    case created(id: String, expiration: Timestamp)
    /// There is one with the same change types and resource.
    case exists
  }

  enum Renewal: Sendable {
    case renewed(expiration: Timestamp)
    /// Graph does not know the subscription, or will not renew it whatever happens.
    case lost
  }

  private static var collection: String { "/subscriptions" }
  private static var item: String { "/subscriptions/{id}" }

  let graph: GraphClient<C>

  func list() async throws(Failure) -> [ListedSubscription] {
    try await graph.list(Self.collection, route: Self.collection) { row throws(Failure) in Self.listed(row) }
  }

  /// Nil when Graph does not know it. A list may lag behind.
  func find(_ id: String) async throws(Failure) -> ListedSubscription? {
    let answer = try await graph.exchange(.get, path(id), route: Self.item)
    if answer.status == 404 { return nil }
    guard answer.isSuccess else { throw refused(answer, .get, Self.item) }
    return answer.json.flatMap(Self.listed)
  }

  func create(
    _ wanted: WantedSubscription, clientState: String, until expiration: Timestamp
  ) async throws(Failure) -> Creation {
    let body: JSONValue = [
      "changeType": "updated,deleted", "resource": .string(wanted.resource),
      "notificationUrl": .string(wanted.notificationURL), "lifecycleNotificationUrl": .string(wanted.lifecycleURL),
      "expirationDateTime": .string(expiration.description), "clientState": .string(clientState),
    ]
    let answer = try await graph.exchange(.post, Self.collection, route: Self.collection, body: body)
    if answer.status == 409 { return .exists }
    guard answer.isSuccess else { throw refused(answer, .post, Self.collection) }
    guard let json = answer.json, let id = json["id"]?.string else {
      throw GraphFailure.unreadable("graph", .post, Self.collection, "it has no id")
    }
    return .created(id: id, expiration: Self.expiration(json) ?? expiration)
  }

  func renew(_ id: String, until expiration: Timestamp) async throws(Failure) -> Renewal {
    let answer = try await graph.exchange(
      .patch, path(id), route: Self.item, body: ["expirationDateTime": .string(expiration.description)])
    switch answer.status {
    case 200...299: return .renewed(expiration: answer.json.flatMap(Self.expiration) ?? expiration)
    case 400, 404, 409, 410, 422: return .lost
    default: throw refused(answer, .patch, Self.item)
    }
  }

  /// Fine as well when there is none.
  func delete(_ id: String) async throws(Failure) {
    let answer = try await graph.exchange(.delete, path(id), route: Self.item)
    guard answer.isSuccess || answer.status == 404 else { throw refused(answer, .delete, Self.item) }
  }

  private func path(_ id: String) -> String {
    "/subscriptions/\(URLEncoding.pathSegment(id))"
  }

  private static func listed(_ row: JSON) -> ListedSubscription? {
    guard let id = row["id"]?.string, let resource = row["resource"]?.string else { return nil }
    let changeTypes = (row["changeType"]?.string ?? "").lowercased().split(separator: ",")
      .map { String($0.filter { $0 != " " }) }
    return ListedSubscription(
      id: id, resource: (resource.hasPrefix("/") ? resource : "/\(resource)").lowercased(),
      changeTypes: Set(changeTypes), notificationURL: row["notificationUrl"]?.string ?? "",
      lifecycleURL: row["lifecycleNotificationUrl"]?.string, expiration: expiration(row) ?? .never,
      clientStateDigest: row["clientState"]?.string.map(SecretDigest.of))
  }

  private static func expiration(_ json: JSON) -> Timestamp? {
    json["expirationDateTime"]?.string.flatMap { Timestamp($0) }
  }

  /// A refusal here does not stop provisioning: the cycles go on without notifications.
  private func refused(_ answer: GraphAnswer, _ method: HTTPMethod, _ route: String) -> Failure {
    var failure = GraphFailure.refused(answer, method, route)
    switch answer.status {
    case 400:
      failure.advice =
        "Graph must reach listener.publicUrl over HTTPS with a publicly trusted certificate, and get the validation token back "
        + "within 10 s."
    case 403:
      failure.advice +=
        " If they are granted, the app registration or the tenant has as many subscriptions as Graph allows: end some."
    default: break
    }
    failure.remedy = .retry(after: answer.retryAfter)
    return failure
  }
}

/// What is kept of a secret to see that it changed.
enum SecretDigest {
  static func of(_ secret: String) -> String {
    SHA256.hash(Array(secret.utf8)).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
