import HTTPTransport
import JSON
import Simulators
import Testing

/// A simulated Graph without a socket, and a client that is signed in to it.
struct GraphRig: Sendable {
  static let host = "graph.test"

  let graph: GraphSimulator
  /// The sample users, in the order of their making.
  let users: [String]
  private let authorization: String

  /// Runs `body` with a tenant of so many sample users.
  static func run(
    users: Int = 0, assigned: Int = 0, options: GraphOptions = .init(),
    _ body: (GraphRig) async throws -> Void
  ) async throws {
    let client = try HTTPClient()
    let graph = GraphSimulator(tenant: .sample(users: users, assigned: assigned), options: options, client: client)
    do {
      try await body(
        GraphRig(graph: graph, users: graph.tenant.userOrder, authorization: "Bearer \(try await token(graph))"))
    } catch {
      await end(graph, client)
      throw error
    }
    await end(graph, client)
  }

  private static func end(_ graph: GraphSimulator, _ client: HTTPClient) async {
    await graph.shutdown()
    await client.shutdown()
  }

  private static func token(_ graph: GraphSimulator) async throws -> String {
    let answer = await graph.respond(to: .token(graph.tenant.tenantID))
    return try #require(answer.json?["access_token"]?.string)
  }

  var role: String { graph.tenant.roles[0].id }
  var application: String { "/servicePrincipals/\(graph.tenant.servicePrincipalID)" }

  /// - Parameter url: Below `/v1.0`, or a link that was given.
  func send(
    _ method: String, _ url: String, _ body: JSONValue? = nil, prefer: String = ""
  ) async -> SimulatedResponse {
    let isLink = url.hasPrefix("http://\(Self.host)/")
    let target = isLink ? String(url.dropFirst("http://\(Self.host)".count)) : "/v1.0" + url
    return await graph.respond(
      to: SimulatedRequest(
        method: method, target: target, headers: ["authorization": authorization, "host": Self.host, "prefer": prefer],
        body: body?.serialized() ?? []))
  }

  func get(_ url: String) async throws -> JSON {
    let answer = await send("GET", url)
    try #require(answer.status == 200, "\(url)")
    return try #require(answer.json)
  }

  /// The rows of every page, page by page.
  func pages(_ url: String) async throws -> [[JSON]] {
    var pages: [[JSON]] = []
    var link: String? = url
    while let next = link, pages.count < 1000 {
      let page = try await get(next)
      pages.append(page.rows)
      link = page["@odata.nextLink"]?.string
    }
    return pages
  }

  /// The objects of a delta round, and where the next begins.
  func delta(_ url: String) async throws -> (rows: [JSON], link: String) {
    let page = try await get(url)
    return (page.rows, try #require(page["@odata.deltaLink"]?.string))
  }
}

extension SimulatedRequest {
  static let credentials = [
    "grant_type": "client_credentials", "client_id": GraphOptions().clientID,
    "client_secret": GraphOptions().clientSecret, "scope": "https://graph.microsoft.com/.default",
  ]

  /// A request for a token; nil takes a field away.
  static func token(_ tenant: String, changing: [String: String?] = [:]) -> SimulatedRequest {
    var fields = credentials
    for (name, value) in changing { fields[name] = value }
    let body = fields.map { "\($0.key)=\(URLEncoding.queryValue($0.value))" }.joined(separator: "&")
    return SimulatedRequest(method: "POST", target: "/\(tenant)/oauth2/v2.0/token", body: Array(body.utf8))
  }
}

extension SimulatedResponse {
  var json: JSON? { try? JSON(parsing: body) }
  var errorCode: String? { json?["error"]?["code"]?.string }
}

extension JSON {
  /// The `value` of a page.
  var rows: [JSON] { self["value"].map { Array($0.elements) } ?? [] }
  var ids: [String] { rows.compactMap(\.id) }
  var id: String? { self["id"]?.string }
}

extension JSONValue {
  /// The body of a `$ref` request.
  static func reference(_ id: String) -> JSONValue {
    ["@odata.id": .string("https://graph.microsoft.com/v1.0/directoryObjects/\(id)")]
  }
}
