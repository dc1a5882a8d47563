package import HTTPTransport
import JSON
import ProvisioningModel

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Speaks to Microsoft Graph: tokens and single exchanges. Lists are in `GraphClient+Pages.swift`.
package struct GraphClient<C: Clock>: Sendable where C.Duration == Duration {
  /// The version's root, such as `https://graph.microsoft.com/v1.0`.
  private let root: String
  private let graphURL: String
  private let tokens: TokenSource<C>
  private let upstream: Upstream<C>

  /// - Parameter graphURL: Such as `https://graph.microsoft.com`, without a trailing slash.
  /// As the last token has it.
  var tenantID: ObjectID? { get async { await tokens.tenantID } }

  package init(graphURL: String, tokens: TokenSource<C>, upstream: Upstream<C>) {
    self.graphURL = graphURL
    root = graphURL + "/v1.0"
    self.tokens = tokens
    self.upstream = upstream
  }

  /// One exchange, with whatever status; a refused token is replaced once.
  /// - Parameter url: Under the root when it begins with `/`, otherwise absolute and on Graph's host.
  func exchange(
    _ method: HTTPMethod, _ url: String, route: String, body: JSONValue? = nil
  ) async throws(Failure) -> GraphAnswer {
    let absolute = url.hasPrefix("/") ? root + url : url
    guard isOnHost(absolute) else {
      // A token must not be sent to wherever a link points.
      throw GraphFailure.unreadable("graph", method, route, "it links to another host")
    }
    let token = try await tokens.accessToken()
    let answer = try await send(method, absolute, route, body, token)
    guard answer.status == 401 else { return answer }
    await tokens.drop(token)
    return try await send(method, absolute, route, body, try await tokens.accessToken())
  }

  /// A successful answer's JSON.
  /// - Throws: A failure for any other status.
  func json(
    _ method: HTTPMethod, _ url: String, route: String, body: JSONValue? = nil
  ) async throws(Failure) -> JSON {
    let answer = try await exchange(method, url, route: route, body: body)
    guard answer.isSuccess else { throw GraphFailure.refused(answer, method, route) }
    guard let json = answer.json else { throw GraphFailure.unreadable("graph", method, route, "it is not JSON") }
    return json
  }

  /// Whether an absolute address is one of the configured Graph.
  func isOnHost(_ url: String) -> Bool {
    url.lowercased().hasPrefix(graphURL.lowercased() + "/")
  }

  /// Lets no request through for so long, as one item of a batch was told.
  func closeGate(for duration: Duration) {
    upstream.closeGate(for: duration)
  }

  /// The wait that a `Retry-After` asks for: seconds, with a fraction or without, or a date.
  func retryAfter(_ text: String?) -> Duration? {
    text.flatMap { RetryAfter.parse($0, now: tokens.wall.now.milliseconds / 1000) }
  }

  /// Signs in anew, to test the credential.
  func signIn() async throws(Failure) {
    _ = try await tokens.accessToken(fresh: true)
  }

  /// Of the answer; only what looks like one, as it goes into logs.
  private static func requestID(_ response: HTTPResponse) -> String? {
    response.headers["request-id"].flatMap { id in
      id.utf8.count <= 64 && id.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == "-") } ? id : nil
    }
  }

  private func send(
    _ method: HTTPMethod, _ url: String, _ route: String, _ body: JSONValue?, _ token: String
  ) async throws(Failure) -> GraphAnswer {
    var headers: HTTPHeaders = [
      "Accept": "application/json", "Authorization": "Bearer \(token)", "client-request-id": UUID().uuidString,
    ]
    if body != nil { headers.set("Content-Type", "application/json") }
    let request = HTTPRequest(method: method, url: url, headers: headers, body: body?.serialized())
    do {
      // Nothing that is sent to Graph does harm twice: reads, and subscriptions, of which there can be one only.
      let response = try await upstream.send(
        request, route: route, repeatable: true, priority: Urgency.isLive ? .live : .background)
      return GraphAnswer(
        status: response.status, json: try? JSON(parsing: response.body),
        retryAfter: upstream.retryAfter(response), requestID: Self.requestID(response))
    } catch let error as TransportError {
      throw GraphFailure.transport(error, upstream: "graph", method, route)
    } catch {
      throw .cancelled
    }
  }
}
