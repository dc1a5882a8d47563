import JSON
import ProvisioningModel

/// The objects that the body of an order names: `{"objectIds": [...]}` or `{"all": true}`.
enum ObjectSelection: Hashable, Sendable {
  case objects([ObjectID])
  case all

  /// A request names no more.
  static let most = 10_000

  /// - Parameter others: Keys that the body may have besides.
  init(_ body: JSON, alsoTakes others: [String] = []) throws(Refusal) {
    for (key, _) in body.members where !(["objectIds", "all"] + others).contains(key) {
      throw .badRequest("'\(key.prefix(50))' is not known here.")
    }
    switch (body["objectIds"], body["all"]) {
    case (let list?, nil):
      guard list.kind == .array, list.count <= Self.most else {
        throw .badRequest("'objectIds' must be a list of at most \(Self.most) ids.")
      }
      var objects: [ObjectID] = []
      for item in list.elements {
        guard let id = item.string else { throw .badRequest("'objectIds' must be a list of texts.") }
        objects.append(ObjectID(id))
      }
      self = .objects(objects)
    case (nil, let all?):
      guard all.boolean == true else { throw .badRequest("'all' must be true, or be left out.") }
      self = .all
    default: throw Self.refusal("")
    }
  }

  static func refusal(_ more: String) -> Refusal {
    .badRequest("The body must have exactly one of 'objectIds' and 'all'\(more).")
  }
}
