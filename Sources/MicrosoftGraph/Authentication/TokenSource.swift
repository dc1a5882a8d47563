package import HTTPTransport
import JSON
package import ProvisioningModel

/// Gets access tokens by the client-credentials grant (docs/reference/microsoft-graph.md, "Tokens"): renewed early, one request for all
/// callers; while the old token lasts no caller waits for the new one.
package actor TokenSource<C: Clock> where C.Duration == Duration {
  private struct Granted {
    var text: String
    var lifetime: Duration
  }

  private static var route: String { "/{tenant}/oauth2/v2.0/token" }

  nonisolated let wall: any WallClock
  private let tokenURL: String
  private let clientID: String
  private let scope: String
  private let credential: ClientCredential
  private let upstream: Upstream<C>
  private let clock: C
  private var cache = TokenCache<C.Instant>()
  private var renewal: Promise<String>?
  /// The tenant's id, as the last token has it; nil while there was none that says so.
  package private(set) var tenantID: ObjectID?

  /// - Parameters:
  ///   - authorityURL: Such as `https://login.microsoftonline.com`.
  ///   - graphURL: Whose `/.default` scope is asked for.
  package init(
    authorityURL: String, tenantID: String, clientID: String, graphURL: String, credential: ClientCredential,
    upstream: Upstream<C>, clock: C, wall: any WallClock
  ) {
    tokenURL = "\(authorityURL)/\(URLEncoding.pathSegment(tenantID))/oauth2/v2.0/token"
    self.clientID = clientID
    scope = "\(graphURL)/.default"
    self.credential = credential
    self.upstream = upstream
    self.clock = clock
    self.wall = wall
  }

  /// Whether a token has been obtained and still lasts.
  package var hasToken: Bool {
    cache.hasToken(at: clock.now)
  }

  /// - Parameter fresh: Signs in even when a token is there, to test the credential.
  /// - Throws: A `Failure` that says what to mend in Entra, or to try again later.
  package func accessToken(fresh: Bool = false) async throws(Failure) -> String {
    switch cache.ask(at: clock.now, fresh: fresh) {
    case .use(let token):
      return token
    case .useAndRenew(let token):
      startRenewal()
      return token
    case .renew:
      return try await startRenewal().value()
    case .wait:
      return try await (renewal ?? startRenewal()).value()
    case .fail(let failure):
      throw failure
    }
  }

  /// Forgets a token that Graph refused; another one that has come meanwhile is kept.
  package func drop(_ refused: String) {
    cache.drop(refused)
  }

  @discardableResult
  private func startRenewal() -> Promise<String> {
    let promise = Promise<String>()
    renewal = promise
    // No caller's own task: one that is cancelled must not take the token away from the others.
    Task { await self.renew(promise) }
    return promise
  }

  private func renew(_ promise: Promise<String>) async {
    let asked = clock.now
    do throws(Failure) {
      let granted = try await requestToken()
      cache.renewed(granted.text, lifetime: granted.lifetime, asked: asked)
      renewal = nil
      tenantID = TokenClaims.tenant(of: granted.text) ?? tenantID
      promise.fulfil(.success(granted.text))
    } catch {
      cache.failed(error, at: clock.now)
      renewal = nil
      promise.fulfil(.failure(error))
    }
  }

  private func requestToken() async throws(Failure) -> Granted {
    var response = try await exchange()
    if response.status != 200, TokenFailure.isOutOfTime(try? JSON(parsing: response.body)) {
      // The file of the federated token may have been replaced a moment ago.
      response = try await exchange()
    }
    let json = try? JSON(parsing: response.body)
    guard response.status == 200 else {
      throw TokenFailure.refused(
        status: response.status, json, retryAfter: upstream.retryAfter(response), route: Self.route)
    }
    guard let text = json?["access_token"]?.string, !text.isEmpty else {
      throw GraphFailure.unreadable("login", .post, Self.route, "it has no access_token")
    }
    let seconds = json?["expires_in"].flatMap { $0.double ?? $0.string.flatMap(Double.init) } ?? 3599
    return Granted(text: text, lifetime: .seconds(min(max(seconds, 0), 86_400 * 7)))
  }

  private func exchange() async throws(Failure) -> HTTPResponse {
    let fields: [(String, String)] =
      [("grant_type", "client_credentials"), ("client_id", clientID), ("scope", scope)]
      + (try await credential.fields(audience: tokenURL, clientID: clientID, now: wall.now))
    let request = HTTPRequest(
      method: .post, url: tokenURL,
      headers: ["Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"],
      body: URLEncoding.formBody(fields), maxResponseBytes: 1 << 20)
    do {
      return try await upstream.send(request, route: Self.route, repeatable: true, priority: .live)
    } catch let error as TransportError {
      throw GraphFailure.transport(error, upstream: "login", .post, Self.route)
    } catch {
      throw .cancelled
    }
  }
}
