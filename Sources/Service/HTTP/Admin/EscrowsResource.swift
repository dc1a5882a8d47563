import JSON
import ProvisioningModel

/// `/api/v1/escrows`: the objects that keep failing.
struct EscrowsResource: Sendable {
  let state: any State
  /// Tries escrows again, now; nil means all of them.
  let tryAgain: @Sendable ([ObjectID]?) async throws -> Void

  func list(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow("top", "skipToken")
    let top = try request.query.top
    let escrows = try await state.escrows(
      after: try request.query.text("skipToken").map { ObjectID($0) }, limit: top + 1)
    return .page(
      escrows.prefix(top).map(Self.json),
      nextLink: escrows.count > top
        ? request.query.nextLink(request.path, skipToken: escrows[top - 1].objectID.rawValue) : nil)
  }

  /// `{"objectIds": [...]}` or `{"all": true}`.
  func retry(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow()
    guard let body = try request.object() else { throw ObjectSelection.refusal("") }
    switch try ObjectSelection(body) {
    case .objects(let objects): try await tryAgain(objects)
    case .all: try await tryAgain(nil)
    }
    return .noContent
  }

  static func json(_ escrow: Escrow) -> JSONValue {
    let failure = escrow.failure
    var json: JSONValue = [
      "objectId": .string(escrow.objectID.rawValue), "objectTypeName": .string(escrow.kind.rawValue),
      "errorCode": .string(failure.code.rawValue), "reason": .string(failure.reason),
      "recommendedAction": .string(failure.advice), "attempts": .integer(Int64(escrow.attempts)),
      "firstFailure": .string(escrow.firstFailure.description), "lastAttempt": .string(escrow.lastAttempt.description),
    ]
    json["nextAttempt"] = escrow.nextAttempt.map { .string($0.description) }
    json.add(failure.exchange)
    return json
  }
}
