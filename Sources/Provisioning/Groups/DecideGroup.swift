/// The scope step for a group: from what the directory says and what was done before, to what is to be done now. Groups leave as users do
/// (Entra provisioning reference, section 3), except that they cannot be disabled in the directory.
package func decideGroup(
  _ group: GroupObservation, entitlement: Entitlement, condition: Link.Condition?, policy: Deprovisioning
) -> Decision {
  let reason: LeaveReason
  switch group {
  case .absent: reason = .hardDeleted
  case .softDeleted: reason = .softDeleted
  case .present where entitlement.isAssigned: return .provision
  case .present: reason = .unassigned
  }
  guard let condition else {
    return .skip(reason == .unassigned ? entitlement.skipReason : .notActiveInSource)
  }
  return leave(reason, condition: condition, policy: policy)
}
