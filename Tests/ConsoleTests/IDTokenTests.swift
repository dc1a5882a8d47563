import Cryptography
import JSON
import Testing

@testable import Console

@Suite("The ID token of a sign-in")
struct IDTokenTests {
  private static let now: Int64 = 1_800_000_000
  private static let expected = IDToken.Expectation(
    issuer: "https://login.example/t/v2.0", audience: "client", tenantID: "tenant", nonce: "nonce", now: now)

  /// A published key and what signs with it.
  private final class Provider: Sendable {
    nonisolated(unsafe) private let key: RSAPrivateKey
    let keys: [String: SigningKey]

    init() throws {
      guard let key = RSAPrivateKey(bits: 2048) else { throw IDToken.Problem.malformed }
      let (modulus, exponent) = key.publicNumbers
      self.key = key
      let set: JSONValue = [
        "keys": [
          [
            "kty": "RSA", "use": "sig", "kid": "one", "n": .string(Base64URL.encode(modulus)),
            "e": .string(Base64URL.encode(exponent)),
          ],
          ["kty": "EC", "kid": "curve", "crv": "P-256"],
          ["kty": "RSA", "use": "enc", "kid": "other", "n": "AQAB", "e": "AQAB"],
        ]
      ]
      keys = SigningKey.all(in: try JSON(parsing: set.serialized()))
    }

    func token(
      header: [String: JSONValue] = [:], claims: [String: JSONValue] = [:], without: String? = nil
    ) throws -> String {
      let header = ["alg": "RS256", "kid": "one", "typ": "JWT"].merging(header) { $1 }
      var usual: [String: JSONValue] = [
        "iss": "https://login.example/t/v2.0", "aud": "client", "tid": "tenant", "nonce": "nonce",
        "iat": .integer(now - 5), "nbf": .integer(now - 5), "exp": .integer(now + 3600), "oid": "object",
        "preferred_username": "ada@example.org", "roles": ["Rollcall.Operator"],
      ]
      usual.merge(claims) { $1 }
      if let without { usual[without] = nil }
      let signed =
        Base64URL.encode(JSONValue.object(header).serialized()) + "."
        + Base64URL.encode(JSONValue.object(usual).serialized())
      return signed + "." + Base64URL.encode(try key.sign(Array(signed.utf8), .pkcs1))
    }
  }

  private func check(_ text: String, _ provider: Provider) throws -> Account {
    let token = try IDToken(text)
    return try token.account(provider.keys[token.keyID], Self.expected)
  }

  @Test("Given a token that is right in everything, it says who it is and which roles the account has")
  func right() throws {
    let provider = try Provider()
    let account = try check(try provider.token(), provider)
    #expect(account == Account(name: "ada@example.org", objectID: "object", roles: ["Rollcall.Operator"]))
    #expect(try check(provider.token(without: "roles"), provider).roles.isEmpty)
    #expect(provider.keys.keys.sorted() == ["one"], "keys of other kinds verify nothing")
  }

  @Test(
    "Given a claim that is not ours, or not of now, the token counts for nothing",
    arguments: [
      (["iss": "https://login.example/other/v2.0"], .issuer), (["aud": "another"], .audience),
      (["aud": ["client", "another"]], .audience), (["tid": "another"], .tenant), (["nonce": "another"], .nonce),
      (["exp": .integer(now - 121)], .expired), (["exp": .string("4000000000")], .expired),
      (["exp": .integer(.min)], .expired), (["nbf": .integer(now + 200)], .notYetValid),
      (["iat": .integer(now + 200)], .notYetValid),
    ] as [([String: JSONValue], IDToken.Problem)])
  func claims(changed: [String: JSONValue], problem: IDToken.Problem) throws {
    let provider = try Provider()
    let token = try provider.token(claims: changed)
    #expect(throws: problem) { try check(token, provider) }
  }

  @Test(
    "Given a claim that is missing, the token counts for nothing", arguments: ["iss", "aud", "tid", "nonce", "exp"])
  func missing(name: String) throws {
    let provider = try Provider()
    let token = try provider.token(without: name)
    #expect(throws: IDToken.Problem.self) { try check(token, provider) }
  }

  @Test("Given clocks that differ by less than two minutes, the token counts")
  func skew() throws {
    let provider = try Provider()
    _ = try check(try provider.token(claims: ["exp": .integer(Self.now - 100)]), provider)
    _ = try check(try provider.token(claims: ["nbf": .integer(Self.now + 100)]), provider)
  }

  @Test("Given another algorithm than RS256, it is not followed", arguments: ["none", "HS256", "RS512", "rs256", ""])
  func algorithm(name: String) throws {
    let provider = try Provider()
    let token = try provider.token(header: ["alg": .string(name)])
    #expect(throws: IDToken.Problem.algorithm) { try check(token, provider) }
    let unsigned = token.prefix(through: try #require(token.lastIndex(of: ".")))
    #expect(throws: IDToken.Problem.self) { try check(String(unsigned), provider) }
  }

  @Test("Given a token that another key signed, or one that was changed, it counts for nothing")
  func signature() throws {
    let (provider, other) = (try Provider(), try Provider())
    let foreign = try other.token()
    #expect(throws: IDToken.Problem.signature) { try check(foreign, provider) }
    let token = try provider.token().split(separator: ".")
    let claims = try provider.token(claims: ["roles": ["Rollcall.Admin"]]).split(separator: ".")[1]
    #expect(throws: IDToken.Problem.signature) { try check("\(token[0]).\(claims).\(token[2])", provider) }
    let unknown = try provider.token(header: ["kid": "two"])
    #expect(throws: IDToken.Problem.unknownKey) { try check(unknown, provider) }
  }

  @Test("Given what is no token, it is refused", arguments: ["", "a.b", "a.b.c", "e30.e30.", "....", "é.é.é"])
  func malformed(text: String) throws {
    #expect(throws: IDToken.Problem.self) { try IDToken(text) }
    #expect(throws: IDToken.Problem.malformed) { try IDToken(String(repeating: "a", count: 40_000)) }
  }
}

@Suite("The ticket of a sign-in")
struct SignInTicketTests {
  @Test("Given a ticket, its cookie brings it back, and its challenge is the SHA-256 of its verifier")
  func cookie() {
    let ticket = SignInTicket(now: 1000)
    #expect(SignInTicket(cookie: ticket.cookie) == ticket)
    #expect(ticket.challenge == Base64URL.encode(SHA256.hash(Array(ticket.verifier.utf8))))
    #expect(Set([ticket.state, ticket.nonce, ticket.verifier]).count == 3)
    #expect(ticket.state.utf8.count == 43)
  }

  @Test("Given ten minutes, or a clock that went back, it has ended")
  func end() {
    let ticket = SignInTicket(now: 1000)
    #expect(ticket.isAlive(now: 1000))
    #expect(ticket.isAlive(now: 1599))
    #expect(!ticket.isAlive(now: 1600))
    #expect(!ticket.isAlive(now: 999))
  }

  @Test(
    "Given a cookie that is not ours, there is no ticket",
    arguments: ["", "1.a.b.c", "x.y", "1..", "9999999999999999999.a.b.c"])
  func foreign(text: String) {
    #expect(SignInTicket(cookie: text) == nil)
  }
}
