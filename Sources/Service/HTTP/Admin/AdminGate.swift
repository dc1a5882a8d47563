import Console
import Cryptography
import HTTPTypes
import Hummingbird
import Logging
import MicrosoftGraph

/// Who gets in at the admin API: with a token in the header, or with the cookie of a console session.
struct AdminGate: Sendable {
  enum Admission: Sendable {
    case admitted(Caller)
    case refused(Answer)
  }

  /// A token and what it opens.
  struct Key: Sendable {
    var caller: Caller
    var token: Secret
  }

  let keys: [Key]
  let sessions: SessionBook
  let cookies: SessionCookie
  let failures: TokenFailures
  let logger: Logger

  func admit(_ request: Request, from address: String?) async -> Admission {
    let tokens: [(caller: Caller, text: String)]
    do {
      tokens = try await load()
    } catch {
      return .refused(unavailable(error))
    }
    // A program's token says all there is to say; no browser sends one by itself.
    if let authorization = request.headers[.authorization] {
      guard let given = Self.bearer(authorization), let caller = Self.caller(with: given, of: tokens) else {
        return .refused(await refuse(from: address))
      }
      return .admitted(caller.at(address))
    }
    guard let session = session(of: request, tokens.map(\.text)) else { return .refused(Self.unauthorized) }
    if let refusal = refusalOfForeign(request) { return .refused(refusal) }
    return .admitted(Caller(session).at(address))
  }

  /// The caller that a token makes, or nil; in a time that does not depend on where it differs.
  /// - Throws: `UnreadableSecret`.
  func caller(with token: String) async throws -> Caller? {
    Self.caller(with: token, of: try await load())
  }

  /// Whose session the request has the cookie of.
  func signedIn(_ request: Request) async -> Caller? {
    guard let tokens = try? await load() else { return nil }
    return session(of: request, tokens.map(\.text)).map { Caller($0) }
  }

  /// Nil when a request that changes something, and comes from a browser, comes from our own page. Programs send neither header.
  func refusalOfForeign(_ request: Request, isCookie: Bool = true) -> Answer? {
    guard request.method != .get else { return nil }
    let site = request.headers[named: "Sec-Fetch-Site"]
    let origin = request.headers[.origin]
    let isOurs =
      if let site { site == "same-origin" } else if let origin { cookies.isOwn(origin, request) } else { !isCookie }
    guard isOurs else {
      return .error(.forbidden, "ForeignOrigin", "The console's session takes orders of its own page alone.")
    }
    if let type = request.headers[.contentType], !isJSON(type) {
      return .error(.unsupportedMediaType, "UnsupportedMediaType", "The body must be application/json.")
    }
    return nil
  }

  /// For a wrong token: the more of them came from an address, the later the answer, so that guessing takes for ever.
  func refuse(from address: String?) async -> Answer {
    let verdict = failures.note(address)
    if let summary = verdict.summary {
      logger.warning(
        "Requests with a wrong token were refused.",
        metadata: ["count": "\(summary.count)", "lastAddress": "\(summary.lastAddress ?? "unknown")"])
    }
    await failures.wait(verdict.delay)
    return Self.unauthorized
  }

  func unavailable(_ error: any Error) -> Answer {
    logger.error("The admin API is closed: \(error).")
    return .error(
      .serviceUnavailable, "AdminTokenUnavailable", "The service cannot read its admin token; its log says why.")
  }

  static let unauthorized: Answer = {
    var answer = Answer.error(
      .unauthorized, "Unauthorized", "Send the admin token as 'Authorization: Bearer <token>'.")
    answer.headers[.wwwAuthenticate] = #"Bearer realm="rollcall""#
    return answer
  }()

  // MARK: Parts

  private func load() async throws -> [(caller: Caller, text: String)] {
    var tokens: [(Caller, String)] = []
    for key in keys { tokens.append((key.caller, try await key.token.load())) }
    return tokens
  }

  private func session(of request: Request, _ tokens: [String]) -> Session? {
    guard let id = cookies.id(in: request) else { return nil }
    let isUse = request.headers[named: "Rollcall-Unattended"] == nil
    return sessions.session(id, isUse: isUse) { proof in
      guard case .token(let hash) = proof else { return true }
      return tokens.contains { SHA256.hash(Array($0.utf8)) == hash }
    }
  }

  private static func caller(with given: String, of tokens: [(caller: Caller, text: String)]) -> Caller? {
    // All are compared, whichever is right.
    var found: Caller?
    for (caller, token) in tokens where ConstantTime.isEqual(given, token) { found = found ?? caller }
    return found
  }

  private static func bearer(_ authorization: String) -> String? {
    let parts = authorization.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1].drop { $0 == " " })
  }
}
