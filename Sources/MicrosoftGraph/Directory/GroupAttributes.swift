import HTTPTransport
import JSON
import ProvisioningModel

/// Which properties of a group are read, and how they become attributes of the mapping language.
package struct GroupAttributes: Sendable {
  private let names: Set<String>
  /// What the mapping asked for and has to be there, if only with null.
  private let required: [String]
  private let properties: String

  /// - Parameter names: Every attribute that the mapping of groups reads.
  package init(_ names: Set<String>) {
    self.names = names.subtracting(["id", "objectId"]).union(["displayName"])
    required = Set(self.names.map { String($0.prefix { $0 != "." }) }).sorted()
    properties = (["id"] + required).map(URLEncoding.queryValue).joined(separator: ",")
  }

  var query: String { "$select=\(properties)" }

  /// The `$select` of a delta query, which is what is tracked: a change of anything else does not surface
  /// (docs/reference/microsoft-graph.md, "Delta queries").
  var trackedProperties: String { properties + ",members" }

  /// - Throws: When something is missing that was asked for.
  func values(_ json: JSON) throws(Failure) -> [String: AttributeValue] {
    for property in required where !UserProperty.isExtension(property) {
      _ = try json.selected(property, "/groups/{id}")
    }
    var attributes: [String: AttributeValue] = [:]
    for name in names {
      let found = name.split(separator: ".").reduce(Optional(json)) { parent, part in parent?[String(part)] }
      attributes[name] = found.flatMap(AttributeValue.init)
    }
    return attributes
  }
}
