import HTTPTransport
import JSON
import ProvisioningModel
import Testing
@testable import MicrosoftGraph

@Suite("What an error of Graph means: by status, then by code, never by text")
struct GraphFailureTests {
  struct Row: Sendable {
    var status: Int
    var code: String?
    var remedy: Failure.Remedy
    var errorCode: ErrorCode
  }

  private static func rows(
    _ statuses: [Int], _ codes: [String?], _ remedy: Failure.Remedy, _ errorCode: ErrorCode
  ) -> [Row] {
    statuses.flatMap { status in
      codes.map { Row(status: status, code: $0, remedy: remedy, errorCode: errorCode) }
    }
  }

  private static let table =
    rows(
      [400], ["Request_BadRequest", "Request_UnsupportedQuery", "InvalidRequest", "ValidationError", "", nil], .escrow,
      .badRequest)
    + rows([400], ["Directory_ExpiredPageToken", "directory_expiredpagetoken"], .reread, .internalServerError)
    + rows([401], ["InvalidAuthenticationToken", "unauthenticated"], .quarantine, .unauthorized)
    + rows([403], ["Authorization_RequestDenied", "accessDenied"], .quarantine, .insufficientRights)
    + rows([404], ["Request_ResourceNotFound", "ResourceNotFound", "itemNotFound", nil], .reread, .invalidAnchor)
    + rows([406, 411, 413, 415], [nil], .escrow, .badRequest)
    + rows([405], [nil], .escrow, .methodNotAllowed) + rows([501], [nil], .escrow, .notImplemented)
    + rows([409], [nil], .reread, .conflict)
    + rows([410], ["syncStateNotFound", "resyncRequired"], .reread, .invalidAnchor)
    + rows([412, 423], ["resourceModified"], .reread, .conflict)
    + rows([424], [nil], .retry(after: .seconds(7)), .internalServerError)
    + rows(
      [429], ["TooManyRequests", "activityLimitReached", "Request_ThrottledTemporarily"], .retry(after: .seconds(7)),
      .tooManyRequests)
    + rows(
      [500, 502, 503, 504],
      ["generalException", "serviceNotAvailable", "Directory_ReplicaUnavailable", "UnknownError"],
      .retry(after: .seconds(7)), .internalServerError)
    + rows([507, 509], [nil], .retry(after: .seconds(7)), .internalServerError)
    + rows([302, 407], [nil], .retry(after: nil), .incompatibleAnswer)

  private static func answer(_ status: Int, _ code: String?, retryAfter: Duration? = .seconds(7)) throws -> GraphAnswer
  {
    let body: JSONValue = ["error": ["code": code.map { .string($0) } ?? .null, "message": "TooManyRequests for Ada"]]
    return GraphAnswer(status: status, json: try JSON(parsing: body.serialized()), retryAfter: retryAfter)
  }

  @Test("Every row of the table", arguments: table)
  func row(_ row: Row) throws {
    let failure = GraphFailure.refused(try Self.answer(row.status, row.code), .get, "/users/{id}")
    #expect(failure.remedy == row.remedy)
    #expect(failure.code == row.errorCode)
    #expect(failure.exchange?.status == row.status)
    #expect(!failure.advice.isEmpty)
    #expect(!"\(failure)".contains("Ada"), "Graph's text may name people")
  }

  @Test("What Microsoft's support asks for is told")
  func requestID() throws {
    var answer = try Self.answer(403, "Authorization_RequestDenied")
    answer.requestID = "8f1e-2a"
    #expect(
      GraphFailure.refused(answer, .get, "/users/{id}").exchange?.message
        == "Authorization_RequestDenied, request-id 8f1e-2a")
  }

  @Test("A quota asks for much patience when it says nothing of time")
  func quota() throws {
    let failure = GraphFailure.refused(try Self.answer(507, nil, retryAfter: nil), .get, "/users/{id}")
    #expect(failure.remedy == .retry(after: .seconds(600)))
  }

  @Test(
    "Only Graph's own word for it means that an object is not there",
    arguments: [
      (404, "Request_ResourceNotFound", true), (404, "request_resourcenotfound", true), (404, "ResourceNotFound", true),
      (404, "itemNotFound", true), (404, nil, false), (404, "", false), (404, "UnknownError", false),
      (400, "Request_ResourceNotFound", false), (503, "itemNotFound", false),
    ] as [(Int, String?, Bool)])
  func notFound(status: Int, code: String?, expected: Bool) throws {
    #expect(try Self.answer(status, code).saysNotFound == expected)
    #expect(!GraphAnswer(status: status).saysNotFound, "without JSON")
  }

  @Test(
    "A fresh start is asked for by 410, or by a code in any case and place",
    arguments: [
      (410, #"{}"#, true), (400, #"{"error":{"code":"syncStateNotFound"}}"#, true),
      (404, #"{"error":{"code":"","innerError":{"code":"ResyncRequired"}}}"#, true),
      (400, #"{"error":{"code":"BadRequest","innererror":{"code":"resyncApplyDifferences"}}}"#, true),
      (400, #"{"error":{"code":"Request_BadRequest"}}"#, false),
      (500, #"{"error":{"code":"syncStateNotFound"}}"#, false),
      (400, #"{"error":"syncStateNotFound"}"#, false),
    ])
  func resync(status: Int, body: String, expected: Bool) throws {
    #expect(GraphAnswer(status: status, json: try JSON(parsing: Array(body.utf8))).asksForResync == expected)
  }

  @Test("An answer that never came is tried again, and a write's outcome is open")
  func transport() {
    let error = TransportError(.timeout, code: 28, mayHaveReachedServer: true)
    let read = GraphFailure.transport(error, upstream: "graph", .get, "/users/{id}")
    #expect(read.remedy == .retry(after: nil))
    #expect(read.code == .timeout)
    #expect(!read.outcomeIsUnknown)
    #expect(GraphFailure.transport(error, upstream: "graph", .post, "/subscriptions").outcomeIsUnknown)
    let gate = TransportError(.throttled, retryAfter: .seconds(300))
    #expect(
      GraphFailure.transport(gate, upstream: "graph", .get, "/users/{id}").remedy == .retry(after: .seconds(300)))
  }
}
