import HTTPTypes
import JSON
import Logging
import ProvisioningModel

/// `/api/v1/audit`: who ordered what.
struct AuditResource: Sendable {
  let state: any State
  let clock: any WallClock
  let logger: Logger

  func list(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow("top", "skipToken")
    let position = try request.query.text("skipToken").map { text throws(Refusal) in
      guard let position = Int64(text), position > 0 else {
        throw .badRequest("'skipToken' must come from the nextLink of a page.")
      }
      return position
    }
    let page = try await state.audit(after: position, limit: try request.query.top)
    return .page(
      page.entries.map(\.json),
      nextLink: page.next.map { request.query.nextLink(request.path, skipToken: "\($0)") })
  }

  /// Writes an order down, whatever became of it. The order stands even if that fails, which the log tells.
  func record(_ operation: AdminAPI.Operation, _ request: AdminRequest, _ answer: Answer) async {
    let result: AuditEntry.Result =
      switch answer.status.code {
      case 200..<300: .success
      case 401, 403: .refused
      default: .failed
      }
    let entry = AuditEntry(
      id: ProvisioningLogEntry.makeID(), time: clock.now, actor: request.caller.name, address: request.caller.address,
      action: "\(operation)", objectIDs: request.namedObjects, status: answer.status.code, result: result)
    do throws(Failure) {
      try await state.record(entry)
    } catch {
      logger.error(
        "An order could not be written into the audit log: \(error.reason)",
        metadata: ["action": "\(entry.action)", "actor": "\(entry.actor)", "status": "\(entry.status)"])
    }
  }
}

extension AdminRequest {
  /// The directory objects that the path or the body names, as far as they are ids.
  fileprivate var namedObjects: [ObjectID] {
    let body = try? object()
    let subjects = body?["subjects"]?.elements.compactMap { $0["objectId"]?.string } ?? []
    let listed = body?["objectIds"]?.elements.compactMap(\.string) ?? []
    return (parameters + subjects + listed).filter(ObjectID.isWellFormed).prefix(AuditEntry.maxObjectIDs).map {
      ObjectID($0)
    }
  }
}

extension AuditEntry {
  fileprivate var json: JSONValue {
    [
      "id": .string(id), "time": .string(time.description), "actor": .string(actor),
      "address": address.map { .string($0) } ?? .null, "action": .string(action),
      "objectIds": .array(objectIDs.map { .string($0.rawValue) }), "status": .integer(Int64(status)),
      "result": .string(result.rawValue),
    ]
  }
}
