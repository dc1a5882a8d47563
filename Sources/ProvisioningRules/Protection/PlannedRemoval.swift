package import ProvisioningModel

/// A removal that a run has decided on and not carried out: it waits to be judged together with the others.
package struct PlannedRemoval: Hashable, Sendable {
  package var objectID: ObjectID
  package var kind: ObjectKind
  /// `disable` or `delete`.
  package var action: LeaveAction
  package var reason: RemovalReason
  /// What decided, in words.
  package var detail: String
  package var cycleID: String?
  package var sourceName: String?
  package var targetID: TargetID?
  package var targetName: String?
  /// The people who lose something by it, each of which costs one: the user, or the members of a group.
  package var people: Set<ObjectID>
  /// The group stays, and members are taken out of it.
  package var isOfMembers: Bool
  /// The person stays, and loses roles or devices.
  package var isOfValues = false
  /// When the signal came that it goes back to; nil for one that only a cycle has found.
  package var signalledAt: Timestamp?

  package init(
    objectID: ObjectID, kind: ObjectKind, action: LeaveAction, reason: RemovalReason = .unassigned,
    detail: String = "", cycleID: String? = nil, sourceName: String? = nil,
    targetID: TargetID? = nil, targetName: String? = nil, people: Set<ObjectID> = [], isOfMembers: Bool = false,
    signalledAt: Timestamp? = nil
  ) {
    self.objectID = objectID
    self.kind = kind
    self.action = action
    self.reason = reason
    self.detail = detail
    self.cycleID = cycleID
    self.sourceName = sourceName
    self.targetID = targetID
    self.targetName = targetName
    self.people = people
    self.isOfMembers = isOfMembers
    self.signalledAt = signalledAt
  }

  package var key: WorkKey { WorkKey(kind, objectID) }

  /// The group stays, and members are taken out of it.
  package mutating func becomesOfMembers() {
    isOfMembers = true
    reason = .membersGone
    detail = "\(people.count) members would be taken out of the group."
  }

  /// The person stays, and roles or devices are taken away.
  package mutating func becomesOfValues(_ names: [String]) {
    isOfValues = true
    reason = .valuesLost
    detail = "The person would lose values of \(names.joined(separator: ", "))."
  }

  /// - Parameter now: By the wall clock.
  package func held(at now: Timestamp) -> HeldRemoval {
    HeldRemoval(
      objectID: objectID, kind: kind, action: action, reason: reason, detail: detail,
      displayName: sourceName ?? targetName, cycleID: cycleID, since: now, people: kind == .group ? people : [])
  }

  /// What the provisioning log says when it is held (docs/reference/entra-provisioning.md, "Accidental deletions").
  package func stagedDelete(at now: Timestamp, limit: Int) -> ProvisioningLogEntry {
    let subject =
      isOfMembers
      ? "\(people.count) members taken out of the group"
      : isOfValues ? "roles or devices taken from the person" : "this \(action.rawValue)"
    return ProvisioningLogEntry(
      id: ProvisioningLogEntry.makeID(), time: now, cycleID: cycleID, action: .stagedDelete, status: .skipped,
      duration: .zero, objectID: objectID, kind: kind, sourceName: sourceName, targetID: targetID,
      targetName: targetName,
      steps: [
        .init(
          .export, "EntryExportDelete", .skipped,
          "Held: with \(subject), more than \(limit) removals would be made within the window.",
          details: [
            "heldAction": isOfMembers ? "removeMembers" : isOfValues ? "removeRolesOrDevices" : action.rawValue,
            "recommendedAction":
              "Mend the assignments, filters or mappings if the removals are a mistake; allow them (POST /api/v1/removals/allow) if they are not.",
          ])
      ], modifiedProperties: [], failure: nil)
  }
}
