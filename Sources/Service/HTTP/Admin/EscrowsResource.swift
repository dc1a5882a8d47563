import JSON
import ProvisioningModel

/// `/api/v1/escrows`: the objects that keep failing.
struct EscrowsResource: Sendable {
  let state: any State

  func list(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow("top", "skipToken")
    let top = try request.query.top
    let escrows = try await state.escrows(
      after: try request.query.text("skipToken").map { ObjectID($0) }, limit: top + 1)
    return .page(
      escrows.prefix(top).map(json),
      nextLink: escrows.count > top
        ? request.query.nextLink(request.path, skipToken: escrows[top - 1].objectID.rawValue) : nil)
  }

  /// As the contract has it, section 5.
  private func json(_ escrow: Escrow) -> JSONValue {
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
