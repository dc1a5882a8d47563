package import HTTPTransport
import JSON
import ProvisioningModel

/// Speaks to the xMatters REST API: authentication, JSON, paging, and failures typed by what to do about them.
package struct XMattersClient<C: Clock>: Sendable where C.Duration == Duration {
  /// The instance's address, such as `https://acme.xmatters.com`, without a path.
  package let baseURL: String
  private let upstream: Upstream<C>
  private let authentication: Authentication<C>

  /// All calls are under this path (docs/reference/xmatters-api.md, "Operations").
  static var root: String { "/api/xm/1" }

  package init(baseURL: String, upstream: Upstream<C>, credentials: Credentials) {
    self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    self.upstream = upstream
    authentication = Authentication(credentials, baseURL: self.baseURL, upstream: upstream)
  }

  /// A call that may be sent twice without harm.
  /// - Parameters:
  ///   - path: Under `/api/xm/1`, percent-encoded, with the query.
  ///   - route: The path with placeholders, for logs and metrics.
  func get(_ path: String, route: String) async throws(Failure) -> Answer {
    try await send(.get, path, route: route, body: RequestBody?.none, isRepeatable: true)
  }

  func send(
    _ method: HTTPMethod, _ path: String, route: String, body: JSONValue?, isRepeatable: Bool
  ) async throws(Failure) -> Answer {
    try await send(method, path, route: route, body: body.map { RequestBody($0) }, isRepeatable: isRepeatable)
  }

  func send(
    _ method: HTTPMethod, _ path: String, route: String, body: RequestBody?, isRepeatable: Bool
  ) async throws(Failure) -> Answer {
    let first = try await exchange(method, path, route: route, body: body, isRepeatable: isRepeatable)
    guard first.status == 401, await authentication.renews else {
      return try first.checked(method, route)
    }
    // The request was refused before it was looked at: one more time with a new token, whatever its method.
    await authentication.drop()
    return try await exchange(method, path, route: route, body: body, isRepeatable: isRepeatable).checked(method, route)
  }

  /// Reads a paged list to its end. `total` is held against the rows that were seen, as rows shift when people come and go while one
  /// pages (docs/reference/xmatters-api.md, "Paging").
  /// - Parameters:
  ///   - id: What tells one row from another.
  ///   - consume: Sees each row once, in order.
  func forEachRow(
    _ path: String, route: String, id: (JSON) -> String? = { $0["id"]?.string },
    _ consume: (JSON) throws(Failure) -> Void
  ) async throws(Failure) {
    var next: String? = path
    var seen: Set<String> = []
    var pages = 0
    while let path = next {
      pages += 1
      guard pages <= 10_000 else { throw XMattersFailure.unreadable(.get, route, "the list does not end") }
      let page = try await get(path, route: route).json(.get, route)
      guard let rows = page["data"], rows.kind == .array else {
        throw XMattersFailure.unreadable(.get, route, "a page has no data")
      }
      for row in rows.elements {
        guard let id = id(row) else {
          throw XMattersFailure.unreadable(.get, route, "a row has no id")
        }
        if seen.insert(id).inserted { try consume(row) }
      }
      next = try nextPath(page, route: route)
      if next == nil, let total = page["total"]?.integer, seen.count < Int(total) {
        throw XMattersFailure.shifted(.get, route, seen: seen.count, total: Int(total))
      }
    }
  }

  /// The path of the following page, under the root. Links are relative to the host; anything else is not followed.
  private func nextPath(_ page: JSON, route: String) throws(Failure) -> String? {
    guard var link = page["links"]?["next"]?.string else { return nil }
    if link.hasPrefix(baseURL + "/") { link.removeFirst(baseURL.count) }
    guard link.hasPrefix(Self.root + "/") else {
      throw XMattersFailure.unreadable(.get, route, "a page links to somewhere else")
    }
    return String(link.dropFirst(Self.root.count))
  }

  private func exchange(
    _ method: HTTPMethod, _ path: String, route: String, body: RequestBody?, isRepeatable: Bool
  ) async throws(Failure) -> Answer {
    var headers: HTTPHeaders = ["Accept": "application/json", "Authorization": try await authentication.header()]
    if let body { headers.set("Content-Type", body.contentType) }
    let request = HTTPRequest(
      method: method, url: baseURL + Self.root + path, headers: headers, body: body?.bytes,
      // Deletes have been seen to take 22 s (docs/reference/xmatters-api.md, "Limits").
      timeout: nil)
    do {
      let response = try await upstream.send(
        request, route: route, repeatable: isRepeatable, priority: Urgency.isLive ? .live : .background)
      return Answer(
        status: response.status, body: response.body, retryAfter: upstream.retryAfter(response))
    } catch let error as TransportError {
      throw XMattersFailure.transport(error, method, route)
    } catch {
      throw .cancelled
    }
  }
}

/// What a request carries.
struct RequestBody: Sendable {
  var contentType: String
  var bytes: [UInt8]
}

extension RequestBody {
  init(_ json: JSONValue) {
    self.init(contentType: "application/json", bytes: json.serialized())
  }
}

/// An HTTP answer, not yet parsed.
struct Answer: Sendable {
  var status: Int
  var body: [UInt8]
  /// How long xMatters asked to wait.
  var retryAfter: Duration?

  /// Whether xMatters itself says that there is no such object: by its own error envelope. A bare 404, or a page in HTML, may come from a
  /// proxy, and nothing may be concluded from it.
  var saysNotFound: Bool {
    guard status == 404, let json = try? JSON(parsing: body), json["code"] != nil else { return false }
    return json["message"] != nil || json["reason"] != nil
  }

  /// 200, 201, 204 and a 404 of xMatters' own are answers; everything else is a failure.
  func checked(_ method: HTTPMethod, _ route: String) throws(Failure) -> Answer {
    guard (200...299).contains(status) || saysNotFound else { throw XMattersFailure.refused(self, method, route) }
    return self
  }

  func json(_ method: HTTPMethod, _ route: String) throws(Failure) -> JSON {
    guard (200...299).contains(status) else { throw XMattersFailure.refused(self, method, route) }
    do {
      return try JSON(parsing: body)
    } catch {
      throw XMattersFailure.unreadable(method, route, "\(error)", wroteAnyway: method == .post)
    }
  }
}
