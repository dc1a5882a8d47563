import ProvisioningModel
import ProvisioningRules

/// One run of one group: holds what has been learned and done so far, for the report.
struct GroupRun: ObjectRun {
  let provisioner: Provisioner
  let object: ObjectID
  let policy: GroupPolicy
  let removals: RemovalPermission
  let isOnDemand: Bool
  let began: Timestamp

  var kind: ObjectKind { .group }

  var stage = ProvisioningLogEntry.StepKind.import
  var action = ProvisioningLogEntry.Action.other
  var status = ProvisioningLogEntry.Status.success
  var steps: [ProvisioningLogEntry.Step] = []
  var modified: [ProvisioningLogEntry.ModifiedProperty] = []
  var sourceName: String?
  /// What the run acted upon.
  var entitlement: Entitlement?
  var linkBefore: GroupLink?
  /// As the state has it now.
  private var recordedLink: GroupLink?
  /// The members as they are recorded now.
  var recorded: Set<GroupMember> = []
  var change = GroupChange()
  var awaited: Set<ObjectID> = []
  var group: (id: GroupID, name: String?)?
  var target: (id: TargetID, name: String?)? { group.map { (TargetID($0.id), $0.name) } }
  var failure: Failure?
  var skip: SkipReason?
  var foundDrift = false
  var reasonToLeave: LeaveReason?
  var planned: LeaveAction?
  var hasRemoved = false
  var endsCreation = false
  var isUnknown = false
  var isUndecided = false
  var absence: Evidence.Absence?
  var lookAgain: Duration?
  /// When the request began that read the group (`Uptime`).
  var asked = Duration.zero
  /// Who would lose something by what was planned.
  var losers: Set<ObjectID> = []
  /// The group would stay, and lose members.
  var losesMembers = false

  init(
    _ provisioner: Provisioner, _ group: ObjectID, _ policy: GroupPolicy, removals: RemovalPermission, onDemand: Bool
  ) {
    self.provisioner = provisioner
    self.policy = policy
    self.removals = removals
    isOnDemand = onDemand
    object = group
    began = provisioner.clock.now
  }

  func report(cycleID: String?) -> RunReport {
    let entry = entry(cycleID: cycleID)
    var report = RunReport(
      record: RunRecord(
        objectID: object, kind: .group, escrow: .clear, group: change, entry: isWorthAnEntry ? entry : nil),
      account: entry, failure: failure, skip: skip, foundDrift: foundDrift)
    report.awaitedMembers = awaited
    report.plannedRemoval = plannedRemoval(cycleID: cycleID)
    report.plannedRemoval?.people = losers
    if losesMembers { report.plannedRemoval?.becomesOfMembers() }
    report.record.removal = removalChange
    report.record.endsCreation = endsCreation
    report.lookAgain = lookAgain
    return report
  }

  // MARK: Import and scope

  mutating func importAndDecide() async throws(Failure) {
    var scope = ScopeExplanation(kind: kind, standing: try await provisioner.scope.standing(ofGroup: object))
    let entitlement = scope.standing.entitlement
    self.entitlement = entitlement
    linkBefore = try await provisioner.state.groupLink(object)
    recordedLink = linkBefore
    try await resumeCreation()
    guard entitlement.isAssigned || linkBefore != nil || isOnDemand else {
      skip = entitlement.skipReason
      note(scope, .unassigned)
      return
    }
    if let linkBefore { group = (linkBefore.groupID, linkBefore.targetName) }
    let observation = try await observe()
    if isOrphan(observation) {
      if removals == .ordered, linkBefore?.condition == .active { return try await disable(.missing) }
      skip = .orphan
      try await settleByListing()
      return
    }
    stage = .scoping
    if case .present = observation { scope.isActive = true } else { scope.isActive = false }
    let reason = leaveReason(observation, entitlement: entitlement, isProvenDeleted: absence == .deleted)
    note(scope, reason)
    let decision = decide(
      reason, entitlement: entitlement, condition: linkBefore?.condition, policy: provisioner.policy.deprovisioning)
    switch decision {
    case .provision:
      guard case .present(let source) = observation else { return }
      try await provision(source)
    case .disable(let reason):
      try await disable(reason)
    case .delete:
      try await delete()
    case .release:
      skip = .notInScope
      setLink(.released)
    case .skip(.alreadyHandled) where try await isActiveAgain(reason):
      foundDrift = true
      if provisioner.policy.repairsDrift, let reason { try await disable(reason) } else { skip = .redundantExport }
    case .skip(let reason):
      skip = reason
      isUnknown = isOnDemand && observation == .absent && linkBefore == nil
      try await settleByListing()
    }
  }

  mutating func execute() async {
    await attempt()
    // What was learned about the link on the way, whatever became of the run.
    if change.link == .unchanged, let linkBefore, linkBefore != recordedLink { change.link = .set(linkBefore) }
  }

  /// Whether nothing but a key in xMatters suggests that the group is this one. What the directory says is noted with the link.
  private mutating func isOrphan(_ observation: GroupObservation) -> Bool {
    guard let before = linkBefore, before.proof == .unproven else { return false }
    let link = before.examined(isKnown: observation != .absent, at: provisioner.clock.now)
    linkBefore = link
    return link.proof == .unproven
  }

  /// As for a user: a group that was disabled and is active in xMatters was set so by hand.
  private func isActiveAgain(_ reason: LeaveReason?) async throws(Failure) -> Bool {
    guard let linkBefore, linkBefore.condition == .disabled, let reason,
      provisioner.policy.deprovisioning.action(for: reason) == .disable
    else { return false }
    if case .found(let group) = await provisioner.groupSnapshot.take(linkBefore.groupID) {
      return group.attributes[.status] == GroupStatus.active
    }
    guard isOnDemand || removals.isGranted else { return false }
    return try await provisioner.target.group(linkBefore.groupID)?.attributes[.status] == GroupStatus.active
  }

  private mutating func observe() async throws(Failure) -> GroupObservation {
    asked = provisioner.evidence.now
    let observation = try await provisioner.directory.group(object)
    try await weigh(observation, began: asked)
    if case .present(let source) = observation {
      sourceName = source.displayName
      noteImport(source)
    }
    return observation
  }

  // MARK: Leaving

  /// The members stay as they are, for the day when the group comes back.
  private mutating func disable(_ reason: LeaveReason) async throws(Failure) {
    action = .disable
    stage = .matching
    if await isHeld(.disable) { return }
    guard let lookedFor = linkBefore, let group = try await ownedGroup(lookedFor), let link = linkBefore else { return }
    if group.attributes[.status] == GroupStatus.inactive {
      noteEvaluation("To be inactive (\(reason.rawValue)), and is so already.")
      skip = .redundantExport
    } else {
      noteEvaluation("To be set inactive: \(reason.rawValue).")
      let changes = GroupChanges(attributes: [.status: GroupStatus.inactive], membership: .init())
      modified = changes.modifiedProperties(from: group)
      losers = Set(try await provisioner.state.members(of: object).map(\.user))
      guard isPermitted(.disable) else { return }
      stage = .export
      try await checkStillDue()
      try await recordAhead(link.withoutDigest())
      try await provisioner.target.modifyGroup(group.id, changes.attributes, externalKey: externalKey)
      noteExport("Set to inactive.")
    }
    setLink(reason == .unassigned ? .released : .disabled)
    hasRemoved = true
  }

  private mutating func delete() async throws(Failure) {
    action = .delete
    stage = .matching
    if await isHeld(.delete) { return }
    guard let lookedFor = linkBefore, let group = try await ownedGroup(lookedFor), let link = linkBefore else { return }
    noteEvaluation("To be deleted.")
    losers = Set(try await provisioner.state.members(of: object).map(\.user))
    guard isPermitted(.delete) else { return }
    stage = .export
    try await checkStillDue()
    try await recordAhead(link.withoutDigest())
    let wasThere = try await provisioner.target.deleteGroup(group.id)
    hasRemoved = true
    await provisioner.evidence.forget(object)
    noteExport(wasThere ? "Deleted." : "Was gone already.")
    change.link = .remove
  }

  private mutating func setLink(_ condition: Link.Condition) {
    if let linkBefore { change.link = .set(linkBefore.withoutDigest(condition)) }
  }

  /// The linked group, when it is there and still ours; otherwise the link goes and nothing is written.
  private mutating func ownedGroup(_ link: GroupLink) async throws(Failure) -> Group? {
    let found = try await provisioner.target.group(link.groupID)
    if let found, owner(of: found) == .thisObject {
      group = (found.id, found.name)
      linkBefore?.lostSince = nil
      noteLinked()
      return found
    }
    await lose(
      found,
      found == nil
        ? "The linked group is gone from xMatters."
        : "The linked group belongs to another object by now: it is left alone.")
    skip = .alreadyHandled
    return nil
  }

  /// As for a user's person; the record of who was put into the group is kept with the link.
  mutating func lose(_ found: Group?, _ text: String) async {
    guard let link = linkBefore else { return }
    let snapshot = provisioner.groupSnapshot
    let isDecided = if found == nil { await snapshot.isMissing(link.groupID) } else { await snapshot.isListed }
    if isDecided {
      change.link = .remove
    } else {
      let lost = link.lost(at: provisioner.clock.now)
      linkBefore = lost
      isUndecided = true
    }
    noteLostTarget(text + (isDecided ? "" : " The next listing decides what becomes of the link."))
  }

  /// Only a lost link is in doubt: what else is not looked at stays as it is recorded.
  private mutating func settleByListing() async throws(Failure) {
    guard let link = linkBefore, link.isLost, await provisioner.groupSnapshot.isListed else { return }
    if await !provisioner.groupSnapshot.isMissing(link.groupID) {
      linkBefore?.lostSince = nil
    } else if try await provisioner.target.group(link.groupID) == nil {
      change.link = .remove
    }
  }

  /// Before anything is written: should nothing more be heard of this run, then what was applied before it is no longer known to be there,
  /// the next one carries on from the link, and no member looks as if added by hand.
  /// - Parameter members: Nil leaves them as they are.
  mutating func recordAhead(_ link: GroupLink, _ members: Set<GroupMember>? = nil) async throws(Failure) {
    change.link = .set(link)
    guard link != linkBefore || members != nil && members != recorded else { return }
    try await provisioner.state.record(
      RunRecord(
        objectID: object, kind: .group, escrow: .unchanged, group: GroupChange(link: .set(link), members: members),
        entry: nil))
    linkBefore = link
    recordedLink = link
    recorded = members ?? recorded
  }

  func owner(of group: Group) -> Owner {
    Owner(ofExternalKey: group.externalKey, for: object, policy: provisioner.policy.mapping)
  }
}
