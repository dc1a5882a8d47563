import ProvisioningModel
import ProvisioningRules

extension ObjectRun {
  /// To be asked before anything is disabled or deleted: nothing is, before the guard has seen it together with what else is planned.
  mutating func isPermitted(_ action: LeaveAction) -> Bool {
    if removals.isGranted { return true }
    planned = action
    skip = .removalPlanned
    return false
  }

  /// Spares a look at xMatters for each held removal in each cycle; a full one has listed everybody anyway.
  mutating func isHeld(_ action: LeaveAction) async -> Bool {
    guard removals == .held, await provisioner.snapshot.isEmpty else { return false }
    return !isPermitted(action)
  }

  func plannedRemoval(cycleID: String?) -> PlannedRemoval? {
    planned.map { action in
      PlannedRemoval(
        objectID: object, kind: kind, action: action,
        reason: reasonToLeave.flatMap { RemovalReason(rawValue: $0.rawValue) } ?? .unassigned,
        detail: steps.last { $0.kind == .scoping }?.description ?? "", cycleID: cycleID, sourceName: sourceName,
        targetID: target?.id,
        targetName: target?.name, people: kind == .user ? [object] : [])
    }
  }

  /// What becomes of the permission that the run had.
  var removalChange: RunRecord.RemovalChange {
    guard failure == nil, planned == nil, !isUndecided else { return .unchanged }
    switch removals {
    case .planOnly: return .unchanged
    case .granted(isCounted: true) where hasRemoved, .ordered where hasRemoved:
      return .count(
        CountedRemoval(
          objectID: object, kind: kind, at: provisioner.clock.now, isCarriedOut: true, people: losers))
    case .held, .granted, .ordered: return .forget
    }
  }
}
