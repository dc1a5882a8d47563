package import HTTPTransport
import JSON
import Provisioning

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Speaks to Microsoft Graph: tokens, errors, paging.
package struct GraphClient<C: Clock>: Sendable where C.Duration == Duration {
  struct Answer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    /// Nil for a body that is empty or not JSON.
    var json: JSON?

    var isSuccess: Bool { (200...299).contains(status) }
  }

  /// The version's root, such as `https://graph.microsoft.com/v1.0`.
  let root: String
  private let graphURL: String
  private let tokens: TokenSource<C>
  private let upstream: Upstream<C>

  package init(graphURL: String, tokens: TokenSource<C>, upstream: Upstream<C>) {
    self.graphURL = graphURL
    root = graphURL + "/v1.0"
    self.tokens = tokens
    self.upstream = upstream
  }

  /// One exchange, with whatever status; a refused token is replaced once.
  /// - Parameter url: Under the root when it begins with `/`, otherwise absolute and on Graph's host.
  func exchange(
    _ method: HTTPMethod, _ url: String, route: String, body: JSONValue? = nil, isRepeatable: Bool = true
  ) async throws(Failure) -> Answer {
    let token = try await tokens.accessToken()
    let answer = try await exchange(method, url, route, body, isRepeatable, token)
    guard answer.status == 401 else { return answer }
    await tokens.drop(token)
    return try await exchange(method, url, route, body, isRepeatable, try await tokens.accessToken())
  }

  /// Lets no request through for so long, as one item of a batch was told.
  func closeGate(for duration: Duration) {
    upstream.closeGate(for: duration)
  }

  /// A successful answer's JSON.
  /// - Throws: A failure for any other status.
  func json(
    _ method: HTTPMethod, _ url: String, route: String, body: JSONValue? = nil
  ) async throws(Failure) -> JSON {
    let answer = try await exchange(method, url, route: route, body: body)
    guard answer.isSuccess else {
      throw GraphFailure.refused(status: answer.status, headers: answer.headers, answer.json, method, route)
    }
    guard let json = answer.json else { throw GraphFailure.unreadable("graph", method, route, "it is not JSON") }
    return json
  }

  /// Reads a list to its end; begins anew when Graph has forgotten the place.
  /// - Returns: What `transform` makes of the rows; nil leaves a row out.
  func list<Row: Sendable>(
    _ url: String, route: String, _ transform: (JSON) throws(Failure) -> Row?
  ) async throws(Failure) -> [Row] {
    var restarts = 0
    while true {
      do throws(Failure) {
        return try await listOnce(url, route: route, transform)
      } catch  where error.exchange?.message?.lowercased() == "directory_expiredpagetoken" && restarts < 5 {
        restarts += 1
      }
    }
  }

  private func listOnce<Row: Sendable>(
    _ url: String, route: String, _ transform: (JSON) throws(Failure) -> Row?
  ) async throws(Failure) -> [Row] {
    var rows: [Row] = []
    var next: String? = url
    var visited: Set<String> = []
    while let link = next {
      guard visited.insert(link).inserted, visited.count <= 100_000 else {
        throw GraphFailure.unreadable("graph", .get, route, "its pages go in a circle")
      }
      let page = try await json(.get, link, route: route)
      guard let values = page["value"], values.kind == .array else {
        throw GraphFailure.unreadable("graph", .get, route, "a page has no value")
      }
      for value in values.elements {
        if let row = try transform(value) { rows.append(row) }
      }
      next = page["@odata.nextLink"]?.string
    }
    return rows
  }

  private func exchange(
    _ method: HTTPMethod, _ url: String, _ route: String, _ body: JSONValue?, _ isRepeatable: Bool, _ token: String
  ) async throws(Failure) -> Answer {
    let absolute = url.hasPrefix("/") ? root + url : url
    guard absolute.hasPrefix(graphURL + "/") else {
      // A token must not be sent to wherever a link points.
      throw GraphFailure.unreadable("graph", method, route, "it links to another host")
    }
    var headers: HTTPHeaders = [
      "Accept": "application/json", "Authorization": "Bearer \(token)", "client-request-id": UUID().uuidString,
    ]
    if body != nil { headers.set("Content-Type", "application/json") }
    let request = HTTPRequest(method: method, url: absolute, headers: headers, body: body?.serialized())
    do {
      let response = try await upstream.send(request, route: route, repeatable: isRepeatable)
      return Answer(status: response.status, headers: response.headers, json: try? JSON(parsing: response.body))
    } catch let error as TransportError {
      throw GraphFailure.transport(error, upstream: "graph", method, route)
    } catch {
      throw .cancelled
    }
  }
}
