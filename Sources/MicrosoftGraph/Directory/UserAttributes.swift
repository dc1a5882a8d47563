import HTTPTransport
import JSON
import ProvisioningModel

/// Which properties of a user are read, and how they become attributes of the mapping language (docs/configuration.md, "Source
/// attributes").
package struct UserAttributes: Sendable {
  /// Entra's own names in mappings, and the properties of Graph that they are.
  private static let aliases = [
    "physicalDeliveryOfficeName": "officeLocation", "telephoneNumber": "businessPhones", "mobile": "mobilePhone",
    "facsimileTelephoneNumber": "faxNumber", "originalUserPrincipalName": "userPrincipalName",
  ]
  private static let extensionAttributes = Set((1...15).map { "extensionAttribute\($0)" })
  /// Not properties of a user.
  private static let computed: Set<String> = ["IsSoftDeleted", "appRoleAssignments", "manager", "objectId", "id"]
  private static let always: Set<String> = ["id", "accountEnabled", "userPrincipalName", "displayName", "userType"]

  private let names: Set<String>
  /// What a mapping or a filter asked for and has to be there, if only with null. Extensions are left out where they have no value.
  private let required: [String]
  /// The `$select` of users without their manager.
  let properties: String
  /// Whether a mapping asks for the manager, which no bulk read gives.
  let needsManager: Bool

  /// - Parameter names: Every attribute that a mapping or a filter reads.
  package init(_ names: Set<String>) {
    self.names = names.subtracting(Self.computed).union(Self.always.subtracting(["id", "accountEnabled"]))
    needsManager = names.contains("manager")
    required = Set(names.subtracting(Self.computed).map(Self.property)).filter { !UserProperty.isExtension($0) }
      .sorted()
    properties = Set(self.names.map(Self.property)).union(Self.always).sorted().map(URLEncoding.queryValue)
      .joined(separator: ",")
  }

  /// The query of a bulk read by ids.
  var bulkQuery: String { "$select=\(properties)" }

  /// The query of a read of one user. Inside `$expand` nothing can be selected without `$levels` (docs/reference/microsoft-graph.md,
  /// "User properties").
  var query: String {
    "$select=\(properties)" + (needsManager ? "&$expand=manager" : "")
  }

  /// The `$select` of a delta query, which is what is tracked: a change of anything else does not surface
  /// (docs/reference/microsoft-graph.md, "Delta queries").
  var trackedProperties: String {
    properties + (needsManager ? ",manager" : "")
  }

  /// - Parameter isInDelta: A row of a delta query leaves out what was never set (docs/reference/microsoft-graph.md, "Delta queries").
  /// - Throws: When something is missing that was asked for, or null that every user has, so that it may not be read: nothing is to be
  ///   concluded of the user.
  func user(_ json: JSON, isInDelta: Bool = false) throws(Failure) -> DirectoryUser {
    guard let id = json["id"]?.string else {
      throw GraphFailure.unreadable("graph", .get, "/users/{id}", "a user has no id")
    }
    guard let accountEnabled = json["accountEnabled"]?.boolean else { throw .mayNotRead("accountEnabled") }
    guard json["userPrincipalName"]?.string != nil else { throw .mayNotRead("userPrincipalName") }
    if !isInDelta {
      for property in required { _ = try json.selected(property, "/users/{id}") }
    }
    var attributes: [String: AttributeValue] = [:]
    for name in names {
      attributes[name] = Self.value(name, json)
    }
    return DirectoryUser(
      id: ObjectID(id), accountEnabled: accountEnabled, attributes: attributes,
      manager: json["manager"]?["id"]?.string.map { ObjectID($0) })
  }

  private static func value(_ name: String, _ json: JSON) -> AttributeValue? {
    if extensionAttributes.contains(name) {
      return json["onPremisesExtensionAttributes"]?[name].flatMap(AttributeValue.init)
    }
    if name == "telephoneNumber" {
      // Graph keeps the one business number in a list.
      return json["businessPhones"]?[0].flatMap(AttributeValue.init)
    }
    let path = (aliases[name] ?? name).split(separator: ".")
    let found = path.reduce(Optional(json)) { parent, part in parent?[String(part)] }
    return found.flatMap(AttributeValue.init)
  }

  /// The property that has to be selected for an attribute; of `employeeOrgData.division` the whole object.
  private static func property(_ name: String) -> String {
    if extensionAttributes.contains(name) { return "onPremisesExtensionAttributes" }
    return String((aliases[name] ?? name).prefix { $0 != "." })
  }
}

extension Failure {
  /// Every user has this property: Graph gives null, or nothing, when the permission does not cover it.
  fileprivate static func mayNotRead(_ property: String) -> Failure {
    Failure(
      .escrow, .insufficientRights,
      "Graph does not show \(property) of the user, which every user has: nothing is concluded, and nothing is changed.",
      advice: "Grant the app registration User.Read.All; User.ReadBasic.All does not cover what decides about a user.",
      exchange: Exchange(upstream: "graph", method: "GET", route: "/users/{id}", status: 200))
  }
}

extension AttributeValue {
  /// Nil for null and for what has no place in a mapping.
  init?(_ json: JSON) {
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
