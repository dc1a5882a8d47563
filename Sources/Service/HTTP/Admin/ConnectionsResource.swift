import HTTPTypes
import JSON
import Logging
import Provisioning

/// `/api/v1/connections`: which xMatters person a directory object is.
struct ConnectionsResource: Sendable {
  let state: any State
  let logger: Logger

  func list(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow("top", "skipToken")
    let top = try request.query.top
    let links = try await state.links(after: try request.query.text("skipToken").map { ObjectID($0) }, limit: top + 1)
    return .page(
      links.prefix(top).map(json),
      nextLink: links.count > top
        ? request.query.nextLink(request.path, skipToken: links[top - 1].objectID.rawValue) : nil)
  }

  func read(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow()
    let id = ObjectID(request.parameters[0])
    guard let link = try await state.link(id) else { throw Self.notThere }
    return .json(json(link))
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

  private func json(_ link: Link) -> JSONValue {
    var json: JSONValue = [
      "objectId": .string(link.objectID.rawValue), "objectTypeName": .string(ObjectKind.user.rawValue),
      "sourceAnchor": .string(link.objectID.rawValue), "targetAnchor": .string(link.personID.rawValue),
      "state": .string(link.condition.rawValue),
    ]
    json["displayName"] = link.targetName.map { .string($0) }
    json["pendingReference"] = link.pendingSupervisor.map { .string($0.rawValue) }
    return json
  }
}
