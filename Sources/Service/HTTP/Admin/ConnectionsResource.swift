import HTTPTypes
import JSON
import Logging
import ProvisioningModel

/// `/api/v1/connections`: which person or group in xMatters a directory object is.
struct ConnectionsResource: Sendable {
  let state: any State
  let logger: Logger

  func list(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow("top", "skipToken")
    let top = try request.query.top
    let connections = try await state.connections(
      after: try request.query.text("skipToken").map { ObjectID($0) }, limit: top + 1)
    return .page(
      connections.prefix(top).map(\.json),
      nextLink: connections.count > top
        ? request.query.nextLink(request.path, skipToken: connections[top - 1].objectID.rawValue) : nil)
  }

  func read(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow()
    let id = ObjectID(request.parameters[0])
    guard let connection = try await state.connection(id) else { throw Self.notThere }
    return .json(connection.json)
  }

  /// Both objects stay as they are; the next cycle may match anew.
  func delete(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow()
    let id = ObjectID(request.parameters[0])
    guard try await state.unlink(id) else { throw Self.notThere }
    logger.notice("An object connection was removed on request.", metadata: ["objectId": "\(id)"])
    return .noContent
  }

  private static let notThere = Refusal(
    .notFound, "NotFound", "There is no connection of an object with this id. The ids are those of the directory.")
}

extension ObjectConnection {
  /// The fields of Entra's object connections (docs/reference/entra-provisioning.md, "Cycles"), and what Entra does not tell.
  fileprivate var json: JSONValue {
    switch self {
    case .user(let link):
      var json = Self.json(link.objectID, .user, link.personID.rawValue, link.condition, link.targetName)
      json["pendingReference"] = link.pendingSupervisor.map { .string($0.rawValue) }
      return json
    case .group(let link):
      return Self.json(link.objectID, .group, link.groupID.rawValue, link.condition, link.targetName)
    }
  }

  private static func json(
    _ id: ObjectID, _ kind: ObjectKind, _ target: String, _ condition: Link.Condition, _ name: String?
  ) -> JSONValue {
    var json: JSONValue = [
      "objectId": .string(id.rawValue), "objectTypeName": .string(kind.rawValue), "sourceAnchor": .string(id.rawValue),
      "targetAnchor": .string(target), "state": .string(condition.rawValue),
    ]
    json["displayName"] = name.map { .string($0) }
    return json
  }
}
