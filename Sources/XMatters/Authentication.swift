import HTTPTransport
import JSON
import ProvisioningModel

/// How to sign in. Secrets come through closures, as their files may change while the service runs.
package enum Credentials: Sendable {
  /// A user name and its password, or an API key and its secret (docs/reference/xmatters-api.md, "Authentication").
  case basic(username: String, password: @Sendable () async throws -> String)
  /// The password grant.
  case oauth(clientID: String, username: String, password: @Sendable () async throws -> String)
}

/// Gives the `Authorization` header; with OAuth it keeps the pair of tokens and renews it early, one request for all callers.
actor Authentication<C: Clock> where C.Duration == Duration {
  private struct Tokens {
    var access: String
    var refresh: String?
    var renewAt: ContinuousClock.Instant
  }

  private let credentials: Credentials
  private let baseURL: String
  private let upstream: Upstream<C>
  private var tokens: Tokens?
  private var renewal: Task<Tokens, any Error>?

  init(_ credentials: Credentials, baseURL: String, upstream: Upstream<C>) {
    self.credentials = credentials
    self.baseURL = baseURL
    self.upstream = upstream
  }

  /// Whether a refused token can be replaced by a new one.
  var renews: Bool {
    if case .oauth = credentials { true } else { false }
  }

  func header() async throws(Failure) -> String {
    switch credentials {
    case .basic(let username, let password):
      return "Basic " + Base64.encode(Array("\(username):\(try await secret(password))".utf8))
    case .oauth(let clientID, let username, let password):
      if let tokens, tokens.renewAt > .now { return "Bearer " + tokens.access }
      return "Bearer " + (try await renewed(clientID, username, password)).access
    }
  }

  /// Forgets the access token, after a 401.
  func drop() {
    tokens?.renewAt = .now
  }

  private func secret(_ load: () async throws -> String) async throws(Failure) -> String {
    do {
      return try await load()
    } catch {
      throw Failure(
        .quarantine, .credentialValidation, "The xMatters password cannot be read: \(error).",
        advice: "Check xmatters.passwordFile and that the service may read it.")
    }
  }

  private func renewed(
    _ clientID: String, _ username: String, _ password: @escaping @Sendable () async throws -> String
  ) async throws(Failure) -> Tokens {
    let task: Task<Tokens, any Error>
    if let renewal {
      task = renewal
    } else {
      let refresh = tokens?.refresh
      task = Task {
        if let refresh,
          let tokens = try? await self.request([
            "grant_type": "refresh_token", "client_id": clientID, "refresh_token": refresh,
          ])
        {
          return tokens
        }
        let password = try await self.secret(password)
        return try await self.request([
          "grant_type": "password", "client_id": clientID, "username": username, "password": password,
        ])
      }
      renewal = task
    }
    let result = await task.result
    if renewal == task { renewal = nil }
    switch result {
    case .success(let new):
      tokens = new
      return new
    case .failure(let error as Failure): throw error
    case .failure: throw .cancelled
    }
  }

  private func request(_ form: KeyValuePairs<String, String>) async throws(Failure) -> Tokens {
    let route = "/oauth2/token"
    let request = HTTPRequest(
      method: .post, url: baseURL + "/api/xm/1" + route,
      headers: ["Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"],
      body: URLEncoding.formBody(form.map { ($0.key, $0.value) }))
    let response: HTTPResponse
    do {
      response = try await upstream.send(request, route: route, repeatable: true, priority: .live)
    } catch let error as TransportError {
      throw XMattersFailure.transport(error, .post, route)
    } catch {
      throw .cancelled
    }
    let answer = Answer(
      status: response.status, body: response.body, retryAfter: upstream.retryAfter(response))
    guard (200...299).contains(answer.status) else { throw XMattersFailure.tokenRefused(answer, route: route) }
    let json = try answer.json(.post, route)
    guard let access = json["access_token"]?.string else {
      throw XMattersFailure.unreadable(.post, route, "it has no access_token")
    }
    let lifetime = json["expires_in"]?.double ?? 300
    // Early enough that no request is sent with a token that ends on its way.
    let early = min(60, lifetime / 2)
    return Tokens(
      access: access, refresh: json["refresh_token"]?.string, renewAt: .now + .seconds(max(1, lifetime - early)))
  }
}
