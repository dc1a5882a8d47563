package import ProvisioningModel

/// Why a user or group is in scope or not, as the scoping step of the log shows it (docs/reference/entra-provisioning.md, "Provision on
/// demand").
package struct ScopeExplanation: Hashable, Sendable {
  var kind: ObjectKind
  package var standing: Standing
  /// Whether the object is there and not disabled; nil when it was not looked at.
  package var isActive: Bool?
  /// Nil when no filter was asked: assignments or the account had decided.
  package var filters: FilterEvaluation?

  package init(kind: ObjectKind, standing: Standing, isActive: Bool? = nil, filters: FilterEvaluation? = nil) {
    self.kind = kind
    self.standing = standing
    self.isActive = isActive
    self.filters = filters
  }

  package var details: [String: String] {
    var details = [
      "Assigned": Self.text(!standing.grounds.isEmpty),
      "IsEffectivelyEntitledForProvisioning": Self.text(standing.entitlement.isAssigned),
      "SyncAll": Self.text(standing.scope == .all),
    ]
    if !standing.grounds.isEmpty { details["Assignments"] = Self.list(standing.grounds) }
    if let isActive { details["IsActive"] = Self.text(isActive) }
    if let filters {
      details["IsInProvisioningScope"] = Self.text(filters.passes)
      if !filters.clauses.isEmpty {
        details["ScopeEvaluationResult"] = Self.list(filters.clauses.map { "\($0): \(Self.text($0.holds))" })
      }
      if let passed = filters.passedFilter { details["PassedFilter"] = passed }
    }
    return details
  }

  /// What decided, in words.
  /// - Parameter reason: Nil when the object is in scope.
  package func sentence(_ reason: LeaveReason?) -> String {
    switch reason {
    case nil:
      return "In scope: \(grounds)" + (filters?.passedFilter.map { ", and passes the filter '\($0)'" } ?? "") + "."
    case .unassigned where standing.grounds.isEmpty && kind == .group:
      return "Not in scope: not assigned to the application."
    case .unassigned where standing.grounds.isEmpty:
      return "Not in scope: not assigned to the application, neither itself nor as a member of an assigned group."
    case .unassigned:
      return "Not in scope: assigned with Default Access only (\(Self.list(standing.grounds)))."
    case .filteredOut:
      return "Not in scope: \(Self.list(filters?.decidingClauses ?? [])) does not hold."
    case .accountDisabled: return "The account is disabled in the directory."
    case .softDeleted: return "The \(kind.noun) is in the recycle bin of the directory."
    case .hardDeleted: return "The \(kind.noun) is gone from the directory."
    case .missing:
      return "Neither the directory nor its recycle bin has the \(kind.noun); nothing proves yet that it was deleted."
    }
  }

  private var grounds: String {
    if !standing.grounds.isEmpty { return Self.list(standing.grounds) }
    return standing.scope == .all ? "all users are" : "whether an assignment has ended is read once more"
  }

  private static func list(_ items: [some CustomStringConvertible]) -> String {
    items.map(\.description).joined(separator: "; ")
  }

  private static func text(_ boolean: Bool) -> String { boolean ? "True" : "False" }
}
