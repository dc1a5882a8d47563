package import HTTPTransport
import JSON
package import Provisioning

/// How the service signs in to Entra ID. Secrets come through closures, as their files may change while the service runs.
package enum ClientCredential: Sendable {
  case secret(@Sendable () async throws -> String)
  /// PEM with a private key and its certificate.
  case certificate(@Sendable () async throws -> String)
  /// A token of another identity provider, such as a Kubernetes service account's.
  case federatedToken(@Sendable () async throws -> String)
}

/// Gets access tokens by the client-credentials grant (Graph reference, section 11): renewed early, one request for all callers; while
/// the old token lasts nobody waits for the new one.
package actor TokenSource<C: Clock> where C.Duration == Duration {
  private struct Token {
    var text: String
    var renewAt: C.Instant
    var endsAt: C.Instant
  }

  private let tokenURL: String
  private let clientID: String
  private let scope: String
  private let credential: ClientCredential
  private let upstream: Upstream<C>
  private let clock: C
  private let wall: any WallClock
  private var token: Token?
  private var renewal: Task<Token, any Error>?

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
    token.map { clock.now < $0.endsAt } ?? false
  }

  /// - Throws: A `Failure` that says what to mend in Entra, or to try again later.
  package func accessToken() async throws(Failure) -> String {
    if let token {
      if clock.now < token.renewAt { return token.text }
      if clock.now < token.endsAt {
        startRenewal()
        return token.text
      }
    }
    let task = startRenewal()
    switch await task.result {
    case .success(let token): return token.text
    case .failure(let failure as Failure): throw failure
    case .failure: throw .cancelled
    }
  }

  /// Forgets a token that Graph refused; another one that has come meanwhile is kept.
  package func drop(_ refused: String) {
    if token?.text == refused { token = nil }
  }

  @discardableResult
  private func startRenewal() -> Task<Token, any Error> {
    if let renewal { return renewal }
    let task = Task {
      let result = await self.requestedToken()
      self.renewal = nil
      let token = try result.get()
      self.token = token
      return token
    }
    renewal = task
    return task
  }

  private func requestedToken() async -> Result<Token, Failure> {
    do throws(Failure) {
      return .success(try await requestToken())
    } catch {
      return .failure(error)
    }
  }

  private func requestToken() async throws(Failure) -> Token {
    let route = "/{tenant}/oauth2/v2.0/token"
    let fields: [(String, String)] =
      [("grant_type", "client_credentials"), ("client_id", clientID), ("scope", scope)] + (try await credentialFields())
    let request = HTTPRequest(
      method: .post, url: tokenURL,
      headers: ["Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"],
      body: URLEncoding.formBody(fields), maxResponseBytes: 1 << 20)
    let asked = clock.now
    let response: HTTPResponse
    do {
      response = try await upstream.send(request, route: route, repeatable: true)
    } catch let error as TransportError {
      throw GraphFailure.transport(error, upstream: "login", .post, route)
    } catch {
      throw .cancelled
    }
    let json = try? JSON(parsing: response.body)
    guard response.status == 200 else { throw TokenFailure.refused(status: response.status, json, route: route) }
    guard let text = json?["access_token"]?.string, !text.isEmpty else {
      throw GraphFailure.unreadable("login", .post, route, "it has no access_token")
    }
    let lifetime = Duration.seconds(json?["expires_in"].flatMap(Self.seconds) ?? 3599)
    return Token(
      text: text, renewAt: asked.advanced(by: max(lifetime - .seconds(300), lifetime / 2)),
      endsAt: asked.advanced(by: max(lifetime - .seconds(5), lifetime / 2)))
  }

  private static func seconds(_ json: JSON) -> Double? {
    json.double ?? json.string.flatMap(Double.init)
  }

  private func credentialFields() async throws(Failure) -> [(String, String)] {
    do {
      switch credential {
      case .secret(let load): return [("client_secret", try await load())]
      case .certificate(let load):
        return Self.assertion(
          try ClientAssertion.make(
            pem: try await load(), audience: tokenURL, clientID: clientID, now: wall.now.milliseconds / 1000))
      case .federatedToken(let load): return Self.assertion(try await load())
      }
    } catch {
      throw Failure(
        .quarantine, .credentialValidation, "The credential for Entra ID cannot be used: \(error).",
        advice: "Check the file that the configuration names under directory, and that the service may read it.")
    }
  }

  private static func assertion(_ token: String) -> [(String, String)] {
    [
      ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
      ("client_assertion", token),
    ]
  }
}
