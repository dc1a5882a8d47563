import Console
import Cryptography
import HTTPTypes
import Hummingbird
import JSON

/// `/api/v1/session`: exchanges a token for a session of the console, says whose it is, and ends it.
struct SessionResource: Sendable {
  /// A token and no more: callers without one get as far as this.
  private static let maxBodyBytes = 16 << 10

  let gate: AdminGate
  private let bodies: BodyReader

  init(gate: AdminGate, bodies: BodyReader) {
    self.gate = gate
    self.bodies = BodyReader(maxBytes: min(Self.maxBodyBytes, bodies.maxBytes), memory: bodies.memory)
  }

  /// `{"token": "..."}` -> `{"role", "actor"}` and the cookie.
  func open(_ request: Request, from address: String?) async -> Answer {
    if let refusal = gate.refusalOfForeign(request, isCookie: false) { return refusal }
    let body: [UInt8]
    switch await bodies.read(request) {
    case .refused(let answer): return answer
    case .whole(let received): body = received.bytes
    }
    do {
      let given = AdminRequest(path: request.uri.path, contentType: request.headers[.contentType], body: body)
      try QueryItems(request.uri.query).allow()
      guard let token = try given.object()?["token"]?.string, !token.isEmpty else {
        throw Refusal.badRequest("'token' must be the admin token or the read token.")
      }
      guard let caller = try await gate.caller(with: token) else { return await gate.refuse(from: address) }
      let session = Session(
        mayOrder: caller.role == .admin, name: caller.name, proof: .token(SHA256.hash(Array(token.utf8))))
      var answer = Answer.json(caller.json)
      answer.headers[.setCookie] = gate.cookies.setting(gate.sessions.open(session), for: request)
      return answer
    } catch let refusal as Refusal {
      return refusal.answer
    } catch {
      return gate.unavailable(error)
    }
  }

  func read(_ caller: Caller) -> Answer { .json(caller.json) }

  func close(_ request: Request) -> Answer {
    if let id = gate.cookies.id(in: request) { gate.sessions.close(id) }
    var answer = Answer.noContent
    answer.headers[.setCookie] = gate.cookies.clearing(for: request)
    return answer
  }
}
