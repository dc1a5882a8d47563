package import HTTPTransport
package import JSON
package import ProvisioningModel

/// Entra ID as the provider of people's sign-ins: OpenID Connect, authorization code with PKCE, on the app registration that the service has
/// already.
package struct IdentityProvider<C: Clock>: Sendable where C.Duration == Duration {
  /// What the provider says of itself (OpenID Connect Discovery 1.0, section 3).
  package struct Description: Hashable, Sendable {
    package var issuer: String
    package var keysURL: String
  }

  private let base: String
  private let clientID: String
  private let credential: ClientCredential
  private let upstream: Upstream<C>
  private let wall: any WallClock

  /// - Parameters:
  ///   - authorityURL: Such as `https://login.microsoftonline.com`.
  ///   - upstream: One of its own, so that sign-ins do not hold up the service's own token.
  package init(
    authorityURL: String, tenantID: String, clientID: String, credential: ClientCredential, upstream: Upstream<C>,
    wall: any WallClock
  ) {
    base = "\(authorityURL)/\(URLEncoding.pathSegment(tenantID))"
    self.clientID = clientID
    self.credential = credential
    self.upstream = upstream
    self.wall = wall
  }

  /// Where the browser goes to sign in.
  /// - Parameter challenge: The SHA-256 of the verifier (RFC 7636, section 4.2).
  package func authorizationURL(redirectURL: String, state: String, nonce: String, challenge: String) -> String {
    let fields = [
      ("client_id", clientID), ("response_type", "code"), ("response_mode", "query"), ("redirect_uri", redirectURL),
      ("scope", "openid profile"), ("state", state), ("nonce", nonce), ("code_challenge", challenge),
      ("code_challenge_method", "S256"),
    ]
    return "\(base)/oauth2/v2.0/authorize?"
      + fields.map { "\($0.0)=\(URLEncoding.queryValue($0.1))" }.joined(separator: "&")
  }

  /// Exchanges an authorization code.
  /// - Returns: The ID token, not yet verified.
  package func redeem(code: String, verifier: String, redirectURL: String) async throws(Failure) -> String {
    let route = "/{tenant}/oauth2/v2.0/token"
    let url = "\(base)/oauth2/v2.0/token"
    let fields: [(String, String)] =
      [
        ("grant_type", "authorization_code"), ("client_id", clientID), ("code", code), ("redirect_uri", redirectURL),
        ("code_verifier", verifier), ("scope", "openid profile"),
      ] + (try await credential.fields(audience: url, clientID: clientID, now: wall.now))
    let request = HTTPRequest(
      method: .post, url: url,
      headers: ["Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"],
      body: URLEncoding.formBody(fields), maxResponseBytes: 1 << 18)
    // A code is good for one use.
    let response = try await send(request, route, repeatable: false)
    let json = try? JSON(parsing: response.body)
    guard response.status == 200 else {
      throw TokenFailure.refused(
        status: response.status, json, retryAfter: upstream.retryAfter(response), route: route)
    }
    guard let token = json?["id_token"]?.string else {
      throw GraphFailure.unreadable("login", .post, route, "it has no id_token")
    }
    return token
  }

  package func describe() async throws(Failure) -> Description {
    let route = "/{tenant}/v2.0/.well-known/openid-configuration"
    let json = try await read("\(base)/v2.0/.well-known/openid-configuration", route)
    guard let issuer = json["issuer"]?.string, let keysURL = json["jwks_uri"]?.string, Self.isSafe(keysURL) else {
      throw GraphFailure.unreadable("login", .get, route, "it has no issuer or no jwks_uri")
    }
    return Description(issuer: issuer, keysURL: keysURL)
  }

  /// The published keys, as a JSON Web Key Set.
  package func keys(_ description: Description) async throws(Failure) -> JSON {
    try await read(description.keysURL, "/{tenant}/discovery/v2.0/keys")
  }

  private func read(_ url: String, _ route: String) async throws(Failure) -> JSON {
    let request = HTTPRequest(
      method: .get, url: url, headers: ["Accept": "application/json"], body: nil, maxResponseBytes: 1 << 18)
    let response = try await send(request, route, repeatable: true)
    guard response.status == 200, let json = try? JSON(parsing: response.body) else {
      throw GraphFailure.unreadable("login", .get, route, "its status is \(response.status), or it is no JSON")
    }
    return json
  }

  private func send(
    _ request: HTTPRequest, _ route: String, repeatable: Bool
  ) async throws(Failure) -> HTTPResponse {
    do {
      return try await upstream.send(request, route: route, repeatable: repeatable, priority: .live)
    } catch let error as TransportError {
      throw GraphFailure.transport(error, upstream: "login", request.method, route)
    } catch {
      throw .cancelled
    }
  }

  private static func isSafe(_ url: String) -> Bool {
    if url.hasPrefix("https://") { return true }
    guard url.hasPrefix("http://") else { return false }
    return LoopbackHost.isLoopback(authority: String(url.dropFirst(7).prefix { $0 != "/" }))
  }
}
