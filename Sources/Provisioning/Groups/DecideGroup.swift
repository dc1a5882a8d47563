/// The scope step for a group: from what the directory says and what was done before, to what is to be done now.
package func decideGroup(
  _ group: GroupObservation, entitlement: Entitlement, condition: Link.Condition?, policy: Deprovisioning
) -> Decision {
  decide(
    leaveReason(group, entitlement: entitlement), entitlement: entitlement, condition: condition, policy: policy)
}

/// Why the group is not to be active in xMatters; nil when it is. Groups leave as users do (Entra provisioning reference, section 3), except
/// that they cannot be disabled in the directory.
func leaveReason(_ group: GroupObservation, entitlement: Entitlement) -> LeaveReason? {
  switch group {
  case .absent: .hardDeleted
  case .softDeleted: .softDeleted
  case .present: entitlement.isAssigned ? nil : .unassigned
  }
}
