package import ProvisioningModel

/// Why a user or group is no longer to be active in xMatters (docs/reference/entra-provisioning.md, "De-provisioning").
package enum LeaveReason: String, Hashable, Sendable {
  case unassigned, filteredOut, accountDisabled, softDeleted, hardDeleted
  /// Neither in the directory nor in its recycle bin, and not proven to be deleted: nothing irreversible may follow.
  case missing
}

/// What to do for each way to leave.
package struct Deprovisioning: Hashable, Sendable {
  /// Also when a scoping filter no longer holds.
  package var onUnassign: LeaveAction
  package var onDisable: LeaveAction
  package var onSoftDelete: LeaveAction
  package var onHardDelete: LeaveAction

  package init(
    onUnassign: LeaveAction = .disable, onDisable: LeaveAction = .disable, onSoftDelete: LeaveAction = .disable,
    onHardDelete: LeaveAction = .delete
  ) {
    self.onUnassign = onUnassign
    self.onDisable = onDisable
    self.onSoftDelete = onSoftDelete
    self.onHardDelete = onHardDelete
  }

  package func action(for reason: LeaveReason) -> LeaveAction {
    switch reason {
    case .unassigned, .filteredOut: onUnassign
    case .accountDisabled: onDisable
    case .softDeleted: onSoftDelete
    case .hardDeleted: onHardDelete
    case .missing: onHardDelete == .delete ? .disable : onHardDelete
    }
  }
}

/// The outcome of the scope step.
package enum Decision: Hashable, Sendable {
  /// In scope: match, compare, then create or update.
  case provision
  case disable(LeaveReason)
  case delete(LeaveReason)
  /// Left, and configuration says to leave the account as it is: only the link is marked. It is kept, so that the next listing of people
  /// does not take the account for a managed one again.
  case release(LeaveReason)
  case skip(SkipReason)
}

/// Why there is nothing to do.
package enum SkipReason: String, Hashable, Sendable {
  /// Not assigned, or kept out by a scoping filter, and never provisioned.
  case notInScope
  /// Default Access alone does not entitle (Entra's name for it in the provisioning log).
  case notEffectivelyEntitled = "NotEffectivelyEntitled"
  /// Disabled or deleted users are not created in the first place.
  case notActiveInSource
  /// The leaving was handled before.
  case alreadyHandled
  /// There is no value to look for the person by.
  case importSkipped = "ImportSkipped"
  /// Both sides are equal.
  case redundantExport = "RedundantExport"
  /// The removal waits for the guard, or is held by it.
  case removalPlanned
  /// The directory has never known the object whose key the person or group carries.
  case orphan
}

extension SkipReason {
  /// Whether the user is assigned or has a person; others do not concern Rollcall.
  package var concernsUs: Bool { self != .notInScope && self != .notEffectivelyEntitled }
}

/// The scope step, for a user or a group: from what the directory says and what was done before, to what is to be done now.
/// The table of docs/reference/entra-provisioning.md, "De-provisioning", in code.
/// - Parameters:
///   - reason: Why it is not to be active; nil when it is.
///   - condition: Of its link; nil when it was never provisioned.
package func decide(
  _ reason: LeaveReason?, entitlement: Entitlement, condition: Link.Condition?, policy: Deprovisioning
) -> Decision {
  guard let reason else { return .provision }
  guard let condition else { return .skip(skipReason(entitlement, reason)) }
  if condition == .released {
    // Unassigned first, deleted afterwards: no delete is sent, the object is no longer managed.
    return .skip(.alreadyHandled)
  }
  let leavesScope = reason == .unassigned || reason == .filteredOut
  let leavesForGood = leavesScope || reason == .hardDeleted
  switch policy.action(for: reason) {
  case .delete:
    return .delete(reason)
  case .disable:
    return condition == .disabled && !leavesScope ? .skip(.alreadyHandled) : .disable(reason)
  case .none:
    return leavesForGood ? .release(reason) : .skip(.alreadyHandled)
  }
}

/// Why the user is not to be active in xMatters; nil when it is.
/// - Parameter isProvenDeleted: Of a user who is absent: that it is gone for good.
package func leaveReason(
  _ user: UserObservation, entitlement: Entitlement, passesFilters: Bool, isProvenDeleted: Bool
) -> LeaveReason? {
  switch user {
  case .absent: return isProvenDeleted ? .hardDeleted : .missing
  case .softDeleted: return .softDeleted
  case .present(let user):
    if !entitlement.isAssigned { return .unassigned }
    if !passesFilters { return .filteredOut }
    return user.accountEnabled ? nil : .accountDisabled
  }
}

/// The same for a group. Groups leave as users do, except that they cannot be disabled in the directory.
package func leaveReason(_ group: GroupObservation, entitlement: Entitlement, isProvenDeleted: Bool) -> LeaveReason? {
  switch group {
  case .absent: isProvenDeleted ? .hardDeleted : .missing
  case .softDeleted: .softDeleted
  case .present: entitlement.isAssigned ? nil : .unassigned
  }
}

extension Entitlement {
  /// Why an object that is not assigned is not provisioned.
  package var skipReason: SkipReason { self == .defaultAccessOnly ? .notEffectivelyEntitled : .notInScope }
}

private func skipReason(_ entitlement: Entitlement, _ reason: LeaveReason) -> SkipReason {
  switch reason {
  case .unassigned: entitlement.skipReason
  case .filteredOut: .notInScope
  case .accountDisabled, .softDeleted, .hardDeleted, .missing: .notActiveInSource
  }
}
