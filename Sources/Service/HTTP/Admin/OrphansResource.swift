import JSON
import ProvisioningModel

/// `/api/v1/orphans`: people and groups in xMatters with our prefix whose object this directory has never known, and people whose user
/// is gone for good.
struct OrphansResource: Sendable {
  let state: any State
  /// `xmatters.externalKeyPrefix`.
  let prefix: String

  func list(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow("top", "skipToken")
    let top = try request.query.top
    let orphans = try await state.orphans(
      after: try request.query.text("skipToken").map { ObjectID($0) }, limit: top + 1)
    return .page(
      orphans.prefix(top).map(json),
      nextLink: orphans.count > top
        ? request.query.nextLink(request.path, skipToken: orphans[top - 1].objectID.rawValue) : nil)
  }

  private func json(_ orphan: Orphan) -> JSONValue {
    let isPerson = orphan.kind == .user
    var json: JSONValue = [
      "objectId": .string(orphan.objectID.rawValue), "objectTypeName": .string(orphan.kind.rawValue),
      "externalKey": .string(prefix + orphan.objectID.rawValue), "firstSeen": .string(orphan.firstSeen.description),
    ]
    json[isPerson ? "personId" : "groupId"] = .string(orphan.targetID.rawValue)
    json["targetName"] = orphan.targetName.map { .string($0) }
    json["displayName"] = orphan.targetName.map { .string($0) }
    json["reason"] = .string(orphan.wasKnown ? "userGone" : "neverKnown")
    return json
  }
}
