import HTTPTransport
import JSON
import ProvisioningModel
import Testing
@testable import XMatters

@Suite("What an error of xMatters means: by status, never by text")
struct XMattersFailureTests {
  struct Row: Sendable {
    var status: Int
    var method: HTTPMethod
    var route: String
    var remedy: Failure.Remedy
    var code: ErrorCode
    var outcomeIsUnknown: Bool
  }

  private static func rows(
    _ statuses: [Int], _ calls: [(HTTPMethod, String)], _ remedy: Failure.Remedy, _ code: ErrorCode,
    outcomeIsUnknown: Bool = false
  ) -> [Row] {
    statuses.flatMap { status in
      calls.map {
        Row(
          status: status, method: $0.0, route: $0.1, remedy: remedy, code: code, outcomeIsUnknown: outcomeIsUnknown)
      }
    }
  }

  private static let reads: [(HTTPMethod, String)] = [(.get, "/people/{id}"), (.get, "/people")]
  private static let create: [(HTTPMethod, String)] = [(.post, "/people")]
  private static let later = Failure.Remedy.retry(after: .seconds(7))

  private static let table =
    rows([400, 406, 413, 415, 422], reads + create, .escrow, .badRequest)
    + rows([401], reads + create, .quarantine, .credentialValidation)
    + rows([403], [(.get, "/people"), (.get, "/sites"), (.get, "/roles")], .quarantine, .insufficientRights)
    + rows([403], create + [(.get, "/people/{id}"), (.delete, "/people/{id}")], .escrow, .insufficientRights)
    + rows([404], reads + create, .reread, .invalidAnchor)
    + rows([405], create, .escrow, .methodNotAllowed)
    + rows([408], reads, later, .timeout)
    + rows([409], create, .escrow, .conflict)
    + rows([429], reads + create, later, .tooManyRequests)
    + rows([500, 502, 504], reads, later, .internalServerError)
    + rows([500, 502, 504], create, later, .internalServerError, outcomeIsUnknown: true)
    + rows([503], reads + create, later, .internalServerError)
    + rows([501], create, .escrow, .notImplemented)
    + rows([301, 302, 407], reads + create, .retry(after: nil), .incompatibleAnswer)
    + rows([418, 451], create, .escrow, .unprocessableEntity)

  private static func answer(_ status: Int, retryAfter: Duration? = .seconds(7)) -> Answer {
    let body: JSONValue = [
      "code": .integer(Int64(status)), "reason": "Some Reason", "subcode": "SOME_CODE",
      "message": "Could not find a person with id ada@acme.example",
    ]
    return Answer(status: status, body: body.serialized(), retryAfter: retryAfter)
  }

  @Test(
    "A 404 that is not xMatters' own proves no absence, whatever asks; it is tried again",
    arguments: ["", "<html><body>404 Not Found</body></html>", "{}", #"{"error": "not found"}"#, #"{"code": 404}"#])
  func foreignNotFound(body: String) {
    let answer = Answer(status: 404, body: Array(body.utf8), retryAfter: nil)
    #expect(!answer.saysNotFound)
    for method in [HTTPMethod.get, .delete] {
      let failure = #expect(throws: Failure.self) { try answer.checked(method, "/people/{id}") }
      #expect(failure?.remedy == .retry(after: nil) && failure?.code == .incompatibleAnswer)
    }
  }

  @Test("Every row of the table", arguments: table)
  func row(_ row: Row) {
    let failure = XMattersFailure.refused(Self.answer(row.status), row.method, row.route)
    #expect(failure.remedy == row.remedy)
    #expect(failure.code == row.code)
    #expect(failure.outcomeIsUnknown == row.outcomeIsUnknown)
    #expect(
      failure.exchange
        == Exchange(
          upstream: "xmatters", method: row.method.rawValue, route: row.route, status: row.status,
          message: "Some Reason, SOME_CODE"))
    #expect(failure.reason.contains("\(row.status)") && !failure.advice.isEmpty)
    #expect(!"\(failure)".contains("ada"), "xMatters' text repeats names")
  }

  @Test("What the token endpoint refuses is about the credentials, unless it is a fault of the server")
  func token() {
    for status in [400, 401, 403] {
      let failure = XMattersFailure.tokenRefused(Self.answer(status), route: "/oauth2/token")
      #expect(failure.remedy == .quarantine && failure.code == .credentialValidation)
      #expect(failure.advice.contains("oauthClientId"))
    }
    let fault = XMattersFailure.tokenRefused(Self.answer(500), route: "/oauth2/token")
    #expect(fault.remedy == Self.later && !fault.outcomeIsUnknown)
  }

  @Test("An answer that never came is tried again, and the outcome of a write is open")
  func transport() {
    let error = TransportError(.receive, code: 56, mayHaveReachedServer: true)
    #expect(XMattersFailure.transport(error, .post, "/people").outcomeIsUnknown)
    #expect(!XMattersFailure.transport(error, .get, "/people").outcomeIsUnknown)
    #expect(!XMattersFailure.transport(TransportError(.connect), .post, "/people").outcomeIsUnknown)
    #expect(XMattersFailure.transport(TransportError(.timeout), .get, "/people").code == .timeout)
    let gate = XMattersFailure.transport(TransportError(.throttled, retryAfter: .seconds(300)), .get, "/people")
    #expect(gate.remedy == .retry(after: .seconds(300)) && gate.code == .tooManyRequests)
    #expect(XMattersFailure.transport(TransportError(.tls), .get, "/people").advice.contains("certificate"))
  }

  @Test("An answer that is no JSON is tried again; a create that it answers may have been carried out")
  func unreadable() {
    #expect(XMattersFailure.unreadable(.get, "/people", "why").remedy == .retry(after: nil))
    #expect(XMattersFailure.unreadable(.post, "/people", "why", wroteAnyway: true).outcomeIsUnknown)
  }
}
