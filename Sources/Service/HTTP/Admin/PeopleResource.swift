import HTTPTypes
import JSON
import ProvisioningModel
import ProvisioningRules
import Reconciler

/// `/api/v1/people`: search, and everything that is known of one person.
struct PeopleResource: Sendable {
  struct Operations: Sendable {
    /// Nil while the assignments have not been read.
    var standing: @Sendable (ObjectID) async -> Standing?
    /// By object id.
    var openRemovals: @Sendable () async throws -> [HeldRemoval]
    /// Reads both sides now; nil when the directory has no such user.
    var compare: @Sendable (ObjectID) async throws -> [AttributeComparison]?
  }

  private static let shownEntries = 10

  let state: any State
  let identity: JobIdentity
  let operations: Operations

  /// `?search=`: any part of a name, or a whole object id or person id.
  func list(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow("search", "top", "skipToken")
    guard let text = try request.query.text("search"), !text.isEmpty else {
      throw Refusal.badRequest("'search' must be part of a name, or an object id or person id.")
    }
    let top = try request.query.top
    let found = try await state.people(
      matching: text, after: try request.query.text("skipToken").map { ObjectID($0) }, limit: top + 1)
    var values: [JSONValue] = []
    for id in found.prefix(top) { values.append(try await summary(id)) }
    return .page(
      values,
      nextLink: found.count > top
        ? request.query.nextLink(request.path, skipToken: found[top - 1].rawValue) : nil)
  }

  private func summary(_ id: ObjectID) async throws(Failure) -> JSONValue {
    let link = try await state.link(id)
    let last = try await state.log(ProvisioningLogQuery(objectID: id, limit: 1)).entries.first
    var json: JSONValue = ["objectId": .string(id.rawValue), "objectTypeName": .string(ObjectKind.user.rawValue)]
    json["displayName"] = (last?.sourceName ?? link?.targetName).map { .string($0) }
    json["targetName"] = (link?.targetName ?? last?.targetName).map { .string($0) }
    json["personId"] = (link?.personID.rawValue ?? last?.targetID?.rawValue).map { .string($0) }
    json["condition"] = link.map { .string($0.condition.rawValue) }
    json["isEscrow"] = .boolean(try await state.escrow(id) != nil)
    return json
  }

  /// Everything that is known, without asking upstream; with `?compare=true` both sides are read now.
  func read(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow("compare")
    guard ObjectID.isWellFormed(request.parameters[0]) else { throw Self.notKnown }
    let id = ObjectID(request.parameters[0])
    let link = try await state.link(id)
    let escrow = try await state.escrow(id)
    let entries = try await state.log(ProvisioningLogQuery(objectID: id, limit: Self.shownEntries)).entries
    let comparison =
      try request.query.flag("compare")
      ? .some(try await operations.compare(id)) : Optional<[AttributeComparison]?>.none
    let isKnown = link != nil || escrow != nil || !entries.isEmpty || comparison.flatMap(\.self) != nil
    guard isKnown else { throw Self.notKnown }
    var json = try await summary(id)
    json["scope"] = await scope(id)
    json["connection"] = link?.personJSON
    json["escrow"] = escrow.map(EscrowsResource.json)
    json["removal"] = try await operations.openRemovals().first { $0.objectID == id }.map(\.json)
    json["groups"] = .array(try await state.groups(containing: id).map { .string($0.rawValue) })
    json["log"] = .array(entries.map { $0.summary(identity) })
    if let comparison { json["comparison"] = .array((comparison ?? []).map(\.json)) }
    return .json(json)
  }

  /// Whether assignments put the user in scope, and which.
  private func scope(_ id: ObjectID) async -> JSONValue {
    guard let standing = await operations.standing(id) else { return ["isKnown": false] }
    return [
      "isKnown": true, "isAssigned": .boolean(standing.entitlement.isAssigned),
      "syncAll": .boolean(standing.scope == .all),
      "grounds": .array(
        standing.grounds.map {
          [
            "principalId": .string($0.principal.rawValue), "principalType": .string($0.principalKind.rawValue),
            "role": .string($0.role),
          ]
        }),
    ]
  }

  private static let notKnown = Refusal(
    .notFound, "NotFound", "Nothing is known of a user with this id. The ids are those of the directory.")
}

extension Link {
  fileprivate var personJSON: JSONValue {
    var json: JSONValue = [
      "personId": .string(personID.rawValue), "condition": .string(condition.rawValue),
      "proof": .string(proof.rawValue),
      "isApplied": .boolean(digest != nil),
    ]
    json["targetName"] = targetName.map { .string($0) }
    json["pendingReference"] = pendingSupervisor.map { .string($0.rawValue) }
    json["orphanSince"] = orphanSince.map { .string($0.description) }
    json["lostSince"] = lostSince.map { .string($0.description) }
    return json
  }
}

extension AttributeComparison {
  fileprivate var json: JSONValue {
    [
      "attribute": .string(attribute), "directory": directory.map { .string($0) } ?? .null,
      "xmatters": xMatters.map { .string($0) } ?? .null, "differs": .boolean(differs),
    ]
  }
}
