package import HTTPTransport
import JSON
import Synchronization

/// What documentation leaves open (docs/reference/microsoft-graph.md, "Unconfirmed"), and what a test wants otherwise.
package struct GraphOptions: Sendable {
  package var clientID = "22222222-2222-2222-2222-222222222222"
  package var clientSecret = "simulated-client-secret"
  package var tokenLifetime = 3599
  /// Whether an assignment also shows as a change of the user or group (docs/reference/microsoft-graph.md, "Unconfirmed": unconfirmed).
  package var assignmentsNotify = true
  /// Notifications wait this long for others to go along.
  package var notificationDelay = Duration.milliseconds(50)
  package var pageSize = 100
  package var delta = DeltaShape()

  package init() {}
}

/// Microsoft Graph and its login service, as far as Rollcall and its tests use them (docs/reference/microsoft-graph.md, "Sources").
package final class GraphSimulator: Simulator {
  struct Storage {
    var tenant: Tenant
    var options: GraphOptions
    var tokens: Set<String> = []
    var tokenCount = 0
    var subscriptions: [String: Subscription] = [:]
    /// Delta tokens of an earlier epoch are answered with 410.
    var deltaEpoch = 0
    var notificationCount: Int64 = 0
    var losesNotifications = false
    var random = SeededRandom(seed: 7)
    var identity = SimulatedIdentity()
  }

  package let faults = FaultPlan()
  static let root = "/v1.0"

  let storage: Mutex<Storage>
  let notifier: Notifier
  let identityKeys = SimulatedKeys()

  /// - Parameter client: For posting notifications.
  package init(tenant: Tenant, options: GraphOptions = .init(), client: HTTPClient) {
    storage = Mutex(Storage(tenant: tenant, options: options))
    notifier = Notifier(client: client, delay: options.notificationDelay)
  }

  package var tenant: Tenant { storage.withLock { $0.tenant } }

  /// Notifications are dropped while this is true.
  package var losesNotifications: Bool {
    get { storage.withLock { $0.losesNotifications } }
    set { storage.withLock { $0.losesNotifications = newValue } }
  }

  package var subscriptionCount: Int { storage.withLock { $0.subscriptions.count } }

  /// Changes the tenant and tells the subscribers.
  @discardableResult
  package func change<Answer: Sendable>(_ body: (inout Tenant) -> Answer) -> Answer {
    let (answer, notifications) = storage.withLock { storage in
      let before = storage.tenant.changes.count
      let answer = body(&storage.tenant)
      return (answer, storage.notifications(since: before))
    }
    notifier.post(notifications)
    return answer
  }

  /// As `change`, for an assignment or its end, of which the user or group may show a trace.
  @discardableResult
  package func changeAssignment(of principal: String, _ body: (inout Tenant) -> Void) -> Bool {
    let notifications = storage.withLock { storage -> [Notifier.Item] in
      body(&storage.tenant)
      let kind: Tenant.Kind = storage.tenant.groups[principal] == nil ? .user : .group
      return storage.options.assignmentsNotify ? storage.notifications(kind, principal) : []
    }
    notifier.post(notifications)
    return true
  }

  /// Changes what documentation leaves open.
  package func setOptions(_ body: (inout GraphOptions) -> Void) {
    storage.withLock { body(&$0.options) }
  }

  package func expireDeltaLinks() {
    storage.withLock { $0.deltaEpoch += 1 }
  }

  package func revokeTokens() {
    storage.withLock { $0.tokens = [] }
  }

  package func shutdown() async {
    await notifier.shutdown()
  }

  // MARK: Requests

  package func route(of request: SimulatedRequest) -> String {
    "/" + request.path.map { $0.count == 36 || $0.contains("@") ? "{id}" : $0 }.joined(separator: "/")
  }

  package func respond(to request: SimulatedRequest) async -> SimulatedResponse {
    if request.path.last == "token", request.path.count == 4 {
      return request.form["grant_type"] == "authorization_code" ? await redeem(request) : token(request)
    }
    if let answer = await identity(request) { return answer }
    if request.path.first == "simulator" { return control(request) }
    guard ["v1.0", "beta"].contains(request.path.first) else {
      return .graphError(404, "ResourceNotFound", "Unknown path.")
    }
    guard isSignedIn(request) else {
      return .graphError(401, "InvalidAuthenticationToken", "Access token is empty or has expired.")
    }
    var request = request
    request.path.removeFirst()
    if request.path.first == "subscriptions" { return await subscriptions(request) }
    if request.path == ["$batch"] { return await batch(request) }
    return resource(request)
  }

  private func isSignedIn(_ request: SimulatedRequest) -> Bool {
    guard let header = request.headers["authorization"], header.hasPrefix("Bearer ") else { return false }
    return storage.withLock { $0.tokens.contains(String(header.dropFirst(7))) }
  }

  private func control(_ request: SimulatedRequest) -> SimulatedResponse {
    switch (request.method, request.path.dropFirst().first) {
    case ("POST", "revokeTokens"): revokeTokens()
    case ("POST", "identity"): return changeIdentity(request)
    case ("POST", "expireDeltaLinks"): expireDeltaLinks()
    case ("POST", "loseNotifications"): losesNotifications = request.json?["lose"]?.boolean ?? true
    case ("POST", "deleteSubscriptions"): storage.withLock { $0.subscriptions = [:] }
    case ("POST", "expireSubscriptionsAt"): expireSubscriptions(at: request.json?["time"]?.string ?? "")
    case ("POST", "lifecycle"): sendLifecycleEvent(request.json?["event"]?.string ?? "")
    case ("GET", "tenant"):
      return storage.withLock { storage in
        SimulatedResponse(
          200,
          [
            "tenantId": .string(storage.tenant.tenantID), "appId": .string(storage.tenant.applicationID),
            "servicePrincipalId": .string(storage.tenant.servicePrincipalID),
            "users": .array(storage.tenant.userOrder.prefix(100_000).map { .string($0) }),
          ])
      }
    default: return SimulatedResponse(404)
    }
    return SimulatedResponse(204)
  }

  // MARK: Tokens

  private func token(_ request: SimulatedRequest) -> SimulatedResponse {
    let form = request.form
    return storage.withLock { storage in
      guard [storage.tenant.tenantID, storage.tenant.domain].contains(request.path[0].lowercased()) else {
        return .tokenError(400, "invalid_request", 90002, "Tenant not found.")
      }
      guard form["grant_type"] == "client_credentials" else {
        return .tokenError(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
      }
      guard form["client_id"] == storage.options.clientID else {
        return .tokenError(400, "unauthorized_client", 700_016, "Application not found in the directory.")
      }
      guard form["scope"]?.hasSuffix("/.default") ?? false else {
        return .tokenError(400, "invalid_scope", 1_002_012, "The scope must end in /.default.")
      }
      let hasAssertion = form["client_assertion"]?.split(separator: ".").count == 3
      guard hasAssertion || form["client_secret"] == storage.options.clientSecret else {
        return .tokenError(401, "invalid_client", 7_000_215, "Invalid client secret provided.")
      }
      storage.tokenCount += 1
      let claims: JSONValue = ["tid": .string(storage.tenant.tenantID), "jti": .integer(Int64(storage.tokenCount))]
      let token = Self.token(of: claims, signature: storage.random.guid())
      if storage.tokens.count > 100 { storage.tokens = [] }
      storage.tokens.insert(token)
      let lifetime = Int64(storage.options.tokenLifetime)
      return SimulatedResponse(
        200,
        [
          "token_type": "Bearer", "expires_in": .integer(lifetime), "ext_expires_in": .integer(lifetime),
          "access_token": .string(token),
        ])
    }
  }

  /// Shaped as a JWT, as Entra's are; its signature cannot be checked.
  private static func token(of claims: JSONValue, signature: String) -> String {
    let parts = [JSONValue.object(["alg": "none", "typ": "JWT"]), claims].map {
      Base64.encode($0.serialized()).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
    return (parts + [signature]).joined(separator: ".")
  }

  // MARK: Batches

  private func batch(_ request: SimulatedRequest) async -> SimulatedResponse {
    guard let requests = request.json?["requests"], (1...20).contains(requests.count) else {
      return .graphError(400, "BadRequest", "A batch has from 1 to 20 requests.")
    }
    var responses: [JSONValue] = []
    for item in requests.elements {
      guard let id = item["id"]?.string, let method = item["method"]?.string, let url = item["url"]?.string else {
        return .graphError(400, "BadRequest", "A request of the batch lacks id, method or url.")
      }
      let inner = SimulatedRequest(
        method: method, target: url, headers: request.headers, body: item["body"]?.value.serialized() ?? [])
      guard let answer = await self.answer(toItem: inner) else { continue }
      var response: JSONValue = ["id": .string(id), "status": .integer(Int64(answer.status))]
      response["headers"] = .object(answer.headers.mapValues { .string($0) })
      response["body"] = (try? JSON(parsing: answer.body))?.value
      responses.append(response)
    }
    return SimulatedResponse(200, ["responses": .array(responses)])
  }

  /// - Parameter item: Its path is relative to the version.
  /// - Returns: Nil when a fault loses the answer.
  private func answer(toItem item: SimulatedRequest) async -> SimulatedResponse? {
    faults.count(item: item, route: route(of: item))
    let fault = faults.next(for: item)
    switch fault {
    case .status(let status, let retryAfter):
      let code = status == 429 ? "TooManyRequests" : "SimulatedFault"
      var answer = SimulatedResponse.graphError(status, code, "Simulated.")
      answer.headers["Retry-After"] = retryAfter
      return answer
    case .garbage:
      return SimulatedResponse(200, .string("<html>gateway</html>"))
    case .delay(let milliseconds):
      try? await Task.sleep(for: .milliseconds(milliseconds))
    case .lostAnswer, nil:
      break
    }
    var request = item
    request.rawPath = Self.root + item.rawPath
    let answer = resource(request)
    return fault == .lostAnswer ? nil : answer
  }
}

extension SimulatedResponse {
  static func graphError(_ status: Int, _ code: String, _ message: String) -> SimulatedResponse {
    SimulatedResponse(
      status,
      ["error": ["code": .string(code), "message": .string(message), "innerError": ["request-id": "simulated"]]])
  }

  static func tokenError(_ status: Int, _ error: String, _ number: Int64, _ text: String) -> SimulatedResponse {
    SimulatedResponse(
      status,
      [
        "error": .string(error), "error_description": .string("AADSTS\(number): \(text)"),
        "error_codes": [.integer(number)],
        "trace_id": "simulated", "correlation_id": "simulated",
      ])
  }
}
