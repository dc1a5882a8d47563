import HTTPTransport
import JSON
import Simulators
import Synchronization
import Testing

/// A subscriber on a socket: proves itself, keeps what it is told, and misbehaves by its `faults`.
final class NotificationEndpoint: Simulator {
  enum Proof: Sendable, CaseIterable {
    case genuine, encoded, wrong, html, refused
  }

  struct Post: Sendable {
    var path: String
    var items: [JSON]
  }

  let faults = FaultPlan()
  private let proof: Proof
  private struct Storage {
    var tokens: [(target: String, token: String)] = []
    var posts: [Post] = []
    var waiters: [(path: String, count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    func items(at path: String) -> [JSON] {
      posts.filter { $0.path == path }.flatMap(\.items)
    }

    /// Those whose wait is over, who then wait no more.
    mutating func takeServed() -> [CheckedContinuation<Void, Never>] {
      let counts = Dictionary(grouping: posts, by: \.path).mapValues { $0.reduce(0) { $0 + $1.items.count } }
      let served = waiters.filter { counts[$0.path, default: 0] >= $0.count }.map(\.continuation)
      waiters.removeAll { counts[$0.path, default: 0] >= $0.count }
      return served
    }
  }

  private let storage = Mutex(Storage())

  init(proof: Proof) {
    self.proof = proof
  }

  var posts: [Post] { storage.withLock { $0.posts } }
  /// Where a proof was asked for, and the token as decoded.
  var tokens: [(target: String, token: String)] { storage.withLock { $0.tokens } }

  func items(at path: String = "/notify") -> [JSON] {
    storage.withLock { $0.items(at: path) }
  }

  /// Returns when so many notifications have come.
  func waitForItems(_ count: Int, at path: String) async {
    await withCheckedContinuation { continuation in
      let served = storage.withLock { storage in
        storage.waiters.append((path, count, continuation))
        return storage.takeServed()
      }
      for continuation in served { continuation.resume() }
    }
  }

  func route(of request: SimulatedRequest) -> String { request.rawPath }

  func respond(to request: SimulatedRequest) async -> SimulatedResponse {
    if let token = request.query["validationToken"] {
      let others = request.query.keys.filter { $0 != "validationToken" }.sorted().joined(separator: "&")
      storage.withLock { $0.tokens.append((request.rawPath + (others.isEmpty ? "" : "?" + others), token)) }
      switch proof {
      case .genuine: return SimulatedResponse(200, text: token, contentType: "text/plain")
      case .encoded:
        return SimulatedResponse(200, text: URLEncoding.queryValue(token), contentType: "text/plain")
      case .wrong: return SimulatedResponse(200, text: "yes", contentType: "text/plain")
      case .html: return SimulatedResponse(200, text: token, contentType: "text/html")
      case .refused: return SimulatedResponse(403, text: token, contentType: "text/plain")
      }
    }
    let items = request.json.map(\.rows) ?? []
    let served = storage.withLock { storage in
      storage.posts.append(Post(path: request.rawPath, items: items))
      return storage.takeServed()
    }
    for continuation in served { continuation.resume() }
    return SimulatedResponse(202)
  }
}

/// A simulated Graph and a subscriber, which reach each other over sockets.
struct SubscribedRig: Sendable {
  let rig: GraphRig
  let endpoint: NotificationEndpoint
  let url: String

  static func run(
    users: Int = 0, assigned: Int = 0, options: GraphOptions = .quick, proof: NotificationEndpoint.Proof = .genuine,
    _ body: (SubscribedRig) async throws -> Void
  ) async throws {
    try await GraphRig.run(users: users, assigned: assigned, options: options) { rig async throws in
      let endpoint = NotificationEndpoint(proof: proof)
      let server = try await SimulatorServer.start(endpoint)
      do {
        try await body(SubscribedRig(rig: rig, endpoint: endpoint, url: server.url))
      } catch {
        await server.stop()
        throw error
      }
      await server.stop()
    }
  }

  func body(
    _ resource: String = "/users", changeType: String = "updated,deleted", path: String = "/notify"
  ) -> JSONValue {
    [
      "resource": .string(resource), "changeType": .string(changeType), "notificationUrl": .string(url + path),
      "lifecycleNotificationUrl": .string(url + "/lifecycle"), "clientState": "a secret",
      "expirationDateTime": "2026-12-01T00:00:00Z",
    ]
  }

  /// - Returns: The subscription's id.
  @discardableResult
  func subscribe(_ resource: String = "/users", changeType: String = "updated,deleted") async throws -> String {
    let answer = await rig.send("POST", "/subscriptions", body(resource, changeType: changeType))
    try #require(answer.status == 201)
    return try #require(answer.json?.id)
  }

  /// Waits until so many notifications have come; the suite's time limit ends it.
  func items(_ count: Int, at path: String = "/notify") async throws -> [JSON] {
    await endpoint.waitForItems(count, at: path)
    return endpoint.items(at: path)
  }
}

extension GraphOptions {
  static var quick: GraphOptions {
    var options = GraphOptions()
    options.notificationDelay = .milliseconds(5)
    return options
  }
}
