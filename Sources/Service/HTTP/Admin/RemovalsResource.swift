import JSON
import Logging
import ProvisioningModel

/// `/api/v1/removals`: disables, deletes and losses that wait for an operator, and those that one keeps from being made.
struct RemovalsResource: Sendable {
  struct Operations: Sendable {
    /// By object id.
    var list: @Sendable () async throws -> [HeldRemoval]
    var allow: @Sendable (RemovalSelection) async throws -> Void
    var keep: @Sendable (RemovalSelection) async throws -> Void
  }

  let operations: Operations
  let logger: Logger

  func list(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow("top", "skipToken")
    let top = try request.query.top
    let last = try request.query.text("skipToken").map { ObjectID($0) }
    let removals = try await operations.list().drop { removal in last.map { removal.objectID <= $0 } ?? false }
    return .page(
      removals.prefix(top).map(\.json),
      nextLink: removals.count > top
        ? request.query.nextLink(
          request.path, skipToken: removals[removals.startIndex + top - 1].objectID.rawValue) : nil)
  }

  func allow(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow()
    try await operations.allow(try selection(request))
    logger.notice("Held removals were allowed on request.", metadata: ["actor": "\(request.caller.name)"])
    return .noContent
  }

  func keep(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow()
    try await operations.keep(try selection(request))
    logger.notice("Held removals are kept on request.", metadata: ["actor": "\(request.caller.name)"])
    return .noContent
  }

  /// `{"objectIds": [...]}` or `{"all": true, "before": RFC3339}`: only what the caller has seen is decided on.
  private func selection(_ request: AdminRequest) throws(Refusal) -> RemovalSelection {
    guard let body = try request.object() else { throw ObjectSelection.refusal(", and 'before' with 'all'") }
    guard case .all = try ObjectSelection(body, alsoTakes: ["before"]) else {
      guard body["before"] == nil, case .objects(let objects) = try ObjectSelection(body, alsoTakes: ["before"]) else {
        throw .badRequest("'before' goes with 'all', not with 'objectIds'.")
      }
      return .objects(objects)
    }
    guard let time = body["before"]?.string.flatMap(Timestamp.init(_:)) else {
      throw .badRequest("'all' needs 'before': the time at which the list was read, such as 2026-01-31T12:00:00.000Z.")
    }
    return .all(before: time)
  }
}

extension HeldRemoval {
  var json: JSONValue {
    var json: JSONValue = [
      "objectId": .string(objectID.rawValue), "objectTypeName": .string(kind.rawValue),
      "action": .string(action.rawValue), "reason": .string(reason.rawValue), "detail": .string(detail),
      "cost": .integer(Int64(cost)), "since": .string(since.description), "state": .string(state.rawValue),
    ]
    json["displayName"] = displayName.map { .string($0) }
    json["cycleId"] = cycleID.map { .string($0) }
    return json
  }
}
