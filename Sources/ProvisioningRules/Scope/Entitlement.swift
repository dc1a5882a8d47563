package import ProvisioningModel

/// Who is looked at (docs/configuration.md, "Directory").
package enum ScopeKind: String, Hashable, Sendable, CaseIterable {
  /// Users with an assignment to the application, directly or as members of an assigned group.
  case assigned
  /// All users of the tenant; assignments only give roles.
  case all
}

/// What the assignments say about one user.
package enum Entitlement: Hashable, Sendable {
  /// In scope by assignment, or because everybody is; the app roles in the application's order.
  case assigned([AppRole])
  /// Assigned only with Default Access, which does not count unless configured.
  case defaultAccessOnly
  case notAssigned

  package var isAssigned: Bool {
    if case .assigned = self { true } else { false }
  }
}

/// One assignment that reaches a user.
package struct Ground: Hashable, Sendable, CustomStringConvertible {
  /// The user, or the group that it is a member of.
  package var principal: ObjectID
  package var principalKind: ObjectKind
  /// What people call the role.
  package var role: String

  package init(principal: ObjectID, principalKind: ObjectKind, role: String) {
    self.principal = principal
    self.principalKind = principalKind
    self.role = role
  }

  package var description: String {
    principalKind == .user ? "the user itself: \(role)" : "group \(principal): \(role)"
  }
}

/// Where a user or group stands as far as assignments decide it, and by which of them.
package struct Standing: Hashable, Sendable {
  package var scope: ScopeKind
  package var entitlement: Entitlement
  package var grounds: [Ground]

  package init(scope: ScopeKind, entitlement: Entitlement, grounds: [Ground]) {
    self.scope = scope
    self.entitlement = entitlement
    self.grounds = grounds
  }
}
