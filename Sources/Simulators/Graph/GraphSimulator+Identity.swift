import Cryptography
import JSON
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Entra ID as an OpenID provider: discovery, keys, the page where one signs in, and codes. `POST /simulator/identity` makes it lie.

extension GraphSimulator {
  /// What the provider serves without a token, or nil.
  func identity(_ request: SimulatedRequest) async -> SimulatedResponse? {
    guard request.method == "GET", request.path.count >= 3, request.path[0].lowercased() == tenant.tenantID else {
      return nil
    }
    return switch request.path.dropFirst().joined(separator: "/") {
    case "v2.0/.well-known/openid-configuration": discovery(request)
    case "discovery/v2.0/keys": await publishedKeys()
    case "oauth2/v2.0/authorize": authorize(request)
    default: nil
    }
  }

  private func base(_ request: SimulatedRequest) -> String {
    "http://\(request.headers["host"] ?? "")/\(tenant.tenantID)"
  }

  private func discovery(_ request: SimulatedRequest) -> SimulatedResponse {
    let base = base(request)
    return SimulatedResponse(
      200,
      [
        "issuer": .string("\(base)/v2.0"), "authorization_endpoint": .string("\(base)/oauth2/v2.0/authorize"),
        "token_endpoint": .string("\(base)/oauth2/v2.0/token"), "jwks_uri": .string("\(base)/discovery/v2.0/keys"),
        "response_types_supported": ["code"], "id_token_signing_alg_values_supported": ["RS256"],
      ])
  }

  private func publishedKeys() async -> SimulatedResponse {
    let number = storage.withLock { $0.identity.keyNumber }
    let (modulus, exponent) = await identityKeys.publicNumbers(number)
    return SimulatedResponse(
      200,
      [
        "keys": [
          [
            "kty": "RSA", "use": "sig", "kid": .string("key-\(number)"), "n": .string(Base64URL.encode(modulus)),
            "e": .string(Base64URL.encode(exponent)),
          ]
        ]
      ])
  }

  /// Asks who it is; with `login_hint`, or when a person is signed in already, sends the browser back at once.
  private func authorize(_ request: SimulatedRequest) -> SimulatedResponse {
    let query = request.query
    guard query["response_type"] == "code", query["code_challenge_method"] == "S256", let state = query["state"],
      let challenge = query["code_challenge"], let redirectURL = query["redirect_uri"]
    else { return SimulatedResponse(400, text: "The request lacks a parameter.", contentType: "text/plain") }
    let hint = query["login_hint"] ?? storage.withLock { $0.identity.account }
    guard let account = SimulatedIdentity.accounts.first(where: { $0.userPrincipalName == hint }) else {
      return accountPage(request)
    }
    let code = storage.withLock { storage in
      let code = "code-\(storage.random.guid())"
      if storage.identity.grants.count > 100 { storage.identity.grants = [:] }
      storage.identity.grants[code] = SimulatedIdentity.Grant(
        account: account, clientID: query["client_id"] ?? "", redirectURL: redirectURL, nonce: query["nonce"] ?? "",
        challenge: challenge)
      return code
    }
    let location = "\(redirectURL)?code=\(code)&state=\(PercentEncoding.text(state))"
    return SimulatedResponse(302, headers: ["Location": location])
  }

  private func accountPage(_ request: SimulatedRequest) -> SimulatedResponse {
    let fields = request.query.sorted { $0.key < $1.key }.map { "\($0.key)=\(PercentEncoding.text($0.value))" }
    let links = SimulatedIdentity.accounts.map { account in
      let hint = PercentEncoding.text(account.userPrincipalName)
      let address = (fields + ["login_hint=\(hint)"]).joined(separator: "&amp;")
      return "<li><a href=\"?\(address)\">\(account.name)</a></li>"
    }
    return SimulatedResponse(
      200, text: "<!doctype html><title>Pick an account</title><h1>Pick an account</h1><ul>\(links.joined())</ul>",
      contentType: "text/html; charset=utf-8")
  }

  /// The authorization code grant, with PKCE.
  func redeem(_ request: SimulatedRequest) async -> SimulatedResponse {
    let form = request.form
    let (grant, identity, options, tenantID) = storage.withLock { storage in
      (
        storage.identity.grants.removeValue(forKey: form["code"] ?? ""), storage.identity, storage.options,
        storage.tenant.tenantID
      )
    }
    let hasAssertion = form["client_assertion"]?.split(separator: ".").count == 3
    guard form["client_id"] == options.clientID, hasAssertion || form["client_secret"] == options.clientSecret else {
      return .tokenError(401, "invalid_client", 7_000_215, "Invalid client secret provided.")
    }
    guard let grant, grant.clientID == options.clientID, grant.redirectURL == form["redirect_uri"],
      Base64URL.encode(SHA256.hash(Array((form["code_verifier"] ?? "").utf8))) == grant.challenge
    else { return .tokenError(400, "invalid_grant", 54005, "The code was redeemed already, or is not for this.") }
    let token = await idToken(grant, identity, issuer: "\(base(request))/v2.0", tenantID: tenantID)
    return SimulatedResponse(
      200, ["token_type": "Bearer", "scope": "openid profile", "expires_in": 3599, "id_token": .string(token)])
  }

  private func idToken(
    _ grant: SimulatedIdentity.Grant, _ identity: SimulatedIdentity, issuer: String, tenantID: String
  ) async -> String {
    let lie = identity.lie
    let now = Int64(time(nil)) - (lie == .expired ? 7200 : 0)
    let header: JSONValue = [
      "typ": "JWT", "alg": lie == .algorithmNone ? "none" : "RS256",
      "kid": .string(lie == .unknownKey ? "no-such-key" : "key-\(identity.keyNumber)"),
    ]
    let claims: JSONValue = [
      "iss": .string(lie == .otherIssuer ? "https://login.evil.example/\(tenantID)/v2.0" : issuer),
      "aud": .string(lie == .otherAudience ? "99999999-9999-9999-9999-999999999999" : grant.clientID),
      "tid": .string(lie == .otherTenant ? "99999999-9999-9999-9999-999999999999" : tenantID),
      "nonce": .string(lie == .otherNonce ? "another" : grant.nonce), "iat": .integer(now), "nbf": .integer(now),
      "exp": .integer(now + 3600), "oid": .string(grant.account.objectID), "name": .string(grant.account.name),
      "preferred_username": .string(grant.account.userPrincipalName),
      "roles": .array(grant.account.roles.map { .string($0) }),
    ]
    let signed = Base64URL.encode(header.serialized()) + "." + Base64URL.encode(claims.serialized())
    if lie == .algorithmNone { return signed + "." }
    // A foreign key.
    let number = lie == .wrongSignature ? -1 : identity.keyNumber
    return signed + "." + Base64URL.encode(await identityKeys.signature(of: signed, number))
  }

  /// `{"account": "olu.operator@contoso.example", "lie": "expired", "rotate": true}`, each optional; null takes away.
  func changeIdentity(_ request: SimulatedRequest) -> SimulatedResponse {
    guard let json = request.json else { return SimulatedResponse(400) }
    let lie = json["lie"]?.string.flatMap(SimulatedIdentity.Lie.init)
    if json["lie"]?.string != nil, lie == nil { return SimulatedResponse(400) }
    storage.withLock { storage in
      if json["lie"] != nil { storage.identity.lie = lie }
      if let account = json["account"] { storage.identity.account = account.string }
      if json["rotate"]?.boolean == true { storage.identity.keyNumber += 1 }
    }
    return SimulatedResponse(204)
  }
}
