import HTTPTransport
import JSON
import Provisioning

/// Which properties of a user are read, and how they become attributes of the mapping language (contract, section 5).
package struct UserAttributes: Sendable {
  /// Entra's own names in mappings, and the properties of Graph that they are.
  private static let aliases = [
    "physicalDeliveryOfficeName": "officeLocation", "telephoneNumber": "businessPhones", "mobile": "mobilePhone",
    "facsimileTelephoneNumber": "faxNumber", "originalUserPrincipalName": "userPrincipalName",
  ]
  /// Not properties of a user.
  private static let computed: Set<String> = ["IsSoftDeleted", "appRoleAssignments", "manager", "objectId", "id"]
  private static let always: Set<String> = ["id", "accountEnabled", "userPrincipalName", "displayName", "userType"]

  private let names: Set<String>

  /// For `$select`.
  let properties: String
  let needsManager: Bool

  /// - Parameter names: Every attribute that a mapping or a filter reads.
  package init(_ names: Set<String>) {
    self.names = names.subtracting(Self.computed).union(Self.always.subtracting(["id", "accountEnabled"]))
    needsManager = names.contains("manager")
    properties = Set(self.names.map(Self.property)).union(Self.always).sorted().joined(separator: ",")
  }

  /// The query of a read of one user.
  var query: String {
    "$select=\(properties)" + (needsManager ? "&$expand=manager" : "")
  }

  func user(_ json: JSON) throws(Failure) -> DirectoryUser {
    guard let id = json["id"]?.string else {
      throw GraphFailure.unreadable("graph", .get, "/users/{id}", "a user has no id")
    }
    var attributes: [String: AttributeValue] = [:]
    for name in names {
      attributes[name] = value(name, json)
    }
    return DirectoryUser(
      id: ObjectID(id), accountEnabled: json["accountEnabled"]?.boolean ?? true, attributes: attributes,
      manager: json["manager"]?["id"]?.string.map { ObjectID($0) })
  }

  private func value(_ name: String, _ json: JSON) -> AttributeValue? {
    if name.hasPrefix("extensionAttribute") {
      return json["onPremisesExtensionAttributes"]?[name].flatMap(AttributeValue.init)
    }
    let property = Self.aliases[name] ?? name
    if name == "telephoneNumber" {
      // Graph keeps the one business number in a list.
      return json[property]?[0].flatMap(AttributeValue.init)
    }
    let parts = property.split(separator: ".")
    let found = parts.reduce(Optional(json)) { parent, part in parent?[String(part)] }
    return found.flatMap(AttributeValue.init)
  }

  private static func property(_ name: String) -> String {
    if name.hasPrefix("extensionAttribute") { return "onPremisesExtensionAttributes" }
    let property = aliases[name] ?? name
    return String(property.prefix { $0 != "." })
  }
}

extension AttributeValue {
  /// Nil for null and for what has no place in a mapping.
  fileprivate init?(_ json: JSON) {
    switch json.kind {
    case .string: self = .text(json.string ?? "")
    case .boolean: self = .boolean(json.boolean ?? false)
    case .integer: self = .integer(json.integer ?? 0)
    case .real: self = .text("\(json.double ?? 0)")
    case .array:
      let texts = json.elements.compactMap(\.string)
      if texts.isEmpty { return nil }
      self = .texts(texts)
    case .object, .null: return nil
    }
  }
}
