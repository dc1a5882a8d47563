import HTTPTransport
import JSON
import MicrosoftGraph
import ProvisioningModel
import Synchronization
import Testing

/// The room under test against a scripted server that gives tokens by itself.
struct Rig: Sendable {
  let server: ScriptedServer
  let clock = SkippingClock()
  let tokens: TokenSource<SkippingClock>
  let client: GraphClient<SkippingClock>
  let observations: Recorder<UpstreamObservation>
  private let http: HTTPClient

  static let tokenPath = "/tenant/oauth2/v2.0/token"

  /// - Parameter respond: Is asked for all but tokens, and for tokens too when `answersTokens` is false.
  init(
    credential: ClientCredential = .secret { "s3cret" }, answersTokens: Bool = true,
    _ respond: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Reply
  ) throws {
    let issued = Counter()
    server = try ScriptedServer { request in
      guard answersTokens, request.path == Self.tokenPath else { return respond(request) }
      return .token("token-\(issued.next())")
    }
    let http = try HTTPClient()
    self.http = http
    let observations = Recorder<UpstreamObservation>()
    self.observations = observations
    let clock = clock
    func upstream(_ name: String) -> Upstream<SkippingClock> {
      Upstream(
        name: name, client: http, limits: UpstreamLimits(maxConcurrentRequests: 16), clock: clock, random: { 0.5 },
        wallClock: { clock.time.milliseconds / 1000 }, observe: { observations.add($0) })
    }
    tokens = TokenSource(
      authorityURL: server.url, tenantID: "tenant", clientID: "client", graphURL: server.url, credential: credential,
      upstream: upstream("login"), clock: clock, wall: clock.wall)
    client = GraphClient(graphURL: server.url, tokens: tokens, upstream: upstream("graph"))
  }

  func directory(
    _ application: ApplicationName = .appID("app"), attributes: Set<String> = []
  ) -> GraphDirectory<SkippingClock> {
    GraphDirectory(client, application: application, attributes: UserAttributes(attributes))
  }

  /// What Graph was asked, without the tokens.
  var graphLines: [String] { server.lines.filter { !$0.contains(Self.tokenPath) } }
  var tokenRequests: [ScriptedServer.Request] { server.requests.filter { $0.path == Self.tokenPath } }

  func stop() async {
    await http.shutdown()
    server.stop()
  }

  /// Runs a test against a rig and takes it down.
  static func with(
    credential: ClientCredential = .secret { "s3cret" }, answersTokens: Bool = true,
    respond: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Reply,
    _ body: (Rig) async throws -> Void
  ) async throws {
    let rig = try Rig(credential: credential, answersTokens: answersTokens, respond)
    do {
      try await body(rig)
    } catch {
      await rig.stop()
      throw error
    }
    await rig.stop()
  }
}

extension ScriptedServer.Reply {
  static func token(_ text: String, lifetime: JSONValue = 3599) -> Self {
    .json(["token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": .string(text)])
  }

  static func page(_ value: [JSONValue], next: String? = nil, delta: String? = nil) -> Self {
    var page: JSONValue = ["value": .array(value)]
    page["@odata.nextLink"] = next.map { .string($0) }
    page["@odata.deltaLink"] = delta.map { .string($0) }
    return .json(page)
  }

  static let notFound = Self.error(404, "Request_ResourceNotFound")
}

/// Numbers from 1, for scripts that change their answer.
final class Counter: Sendable {
  private let count = Atomic(0)

  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}

final class Recorder<Element: Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])

  var all: [Element] { elements.withLock { $0 } }
  func add(_ element: Element) { elements.withLock { $0.append(element) } }
}

/// The failure that `body` throws.
func failure<Value>(_ body: () async throws(Failure) -> Value) async throws -> Failure {
  do throws(Failure) {
    let value = try await body()
    Issue.record("no failure, but \(value)")
    throw Failure.cancelled
  } catch {
    return error
  }
}

/// A GUID that ends in this number.
func id(_ number: Int) -> ObjectID {
  let digits = String(number)
  return ObjectID("00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits)
}

/// Waits for what another task or thread is about to bring about; fails after some seconds.
func eventually(_ condition: () async throws -> Bool) async throws {
  for _ in 0..<2000 {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(5))
  }
  Issue.record("it did not come about")
}
