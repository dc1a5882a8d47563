package import Expressions
package import ProvisioningModel

/// The source side of a mapping: a user's attributes by name, with those that are computed (docs/configuration.md, "Source attributes").
package struct SourceAttributes: Sendable {
  package let user: DirectoryUser
  package let appRoles: [AppRole]
  /// True when unassigned, filtered out, soft-deleted or disabled (docs/reference/entra-provisioning.md, "De-provisioning").
  package let isSoftDeleted: Bool

  package init(user: DirectoryUser, appRoles: [AppRole], isSoftDeleted: Bool) {
    self.user = user
    self.appRoles = appRoles
    self.isSoftDeleted = isSoftDeleted
  }

  /// Nil when there is no user to read from.
  package init?(_ observation: UserObservation, _ entitlement: Entitlement) {
    guard case .present(let user) = observation else { return nil }
    let roles: [AppRole] = if case .assigned(let roles) = entitlement { roles } else { [] }
    self.init(user: user, appRoles: roles, isSoftDeleted: false)
  }

  package func value(_ name: String) -> Value {
    switch name {
    case "IsSoftDeleted": .boolean(isSoftDeleted)
    case "objectId", "id": .text(user.id.rawValue)
    case "accountEnabled": .boolean(user.accountEnabled)
    case "manager": user.manager.map { .text($0.rawValue) } ?? .null
    case "appRoleAssignments":
      .roles(appRoles.map { .init(id: $0.id.rawValue, value: $0.value, displayName: $0.displayName) })
    case "userPrincipalName":
      user.attributes[name]?.text.map { .text(GuestName.original(of: $0)) } ?? .null
    case "originalUserPrincipalName":
      Value(user.attributes["userPrincipalName"])
    default:
      Value(user.attributes[name])
    }
  }
}

extension Value {
  init(_ attribute: AttributeValue?) {
    switch attribute {
    case .text(let text): self = .text(text)
    case .texts(let texts): self = .texts(texts)
    case .boolean(let boolean): self = .boolean(boolean)
    case .integer(let integer): self = .number(Expressions.Number(integer))
    case nil: self = .null
    }
  }
}

/// The user principal name of a guest, `alias_home.example#EXT#@tenant.example`, read as the address it was made from.
package enum GuestName {
  package static func original(of principalName: String) -> String {
    // Asked for every user in every run, and few are guests.
    guard principalName.utf8.contains(UInt8(ascii: "#")), let mark = principalName.firstRange(of: "#EXT#") else {
      return principalName
    }
    let alias = principalName[..<mark.lowerBound]
    guard let separator = alias.lastIndex(of: "_") else { return String(alias) }
    return alias[..<separator] + "@" + alias[alias.index(after: separator)...]
  }
}
