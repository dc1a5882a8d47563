/// The enterprise application (service principal) whose assignments say who is in scope.
package struct Application: Hashable, Sendable {
  package var id: ObjectID
  package var displayName: String
  package var roles: [AppRole]
  /// The tenant that it is of; nil when the directory does not say.
  package var tenant: ObjectID?

  package init(id: ObjectID, displayName: String, roles: [AppRole], tenant: ObjectID? = nil) {
    self.id = id
    self.displayName = displayName
    self.roles = roles
    self.tenant = tenant
  }

  package func role(_ id: ObjectID) -> AppRole? {
    roles.first { $0.id == id }
  }
}

/// An app role of the application. `value` goes into tokens and may be missing; `displayName` is what people see.
package struct AppRole: Hashable, Sendable {
  package var id: ObjectID
  package var value: String?
  package var displayName: String

  package init(id: ObjectID, value: String?, displayName: String) {
    self.id = id
    self.value = value
    self.displayName = displayName
  }

  /// The role id of an assignee without a role of the application (docs/reference/microsoft-graph.md, "Application assignments").
  package static let defaultAccess = ObjectID("00000000-0000-0000-0000-000000000000")
}

/// One row of `appRoleAssignedTo`. Service principals are left out by the adapter.
package struct Assignment: Hashable, Sendable {
  package var principal: ObjectID
  package var principalKind: ObjectKind
  package var role: ObjectID

  package init(principal: ObjectID, principalKind: ObjectKind, role: ObjectID) {
    self.principal = principal
    self.principalKind = principalKind
    self.role = role
  }
}
