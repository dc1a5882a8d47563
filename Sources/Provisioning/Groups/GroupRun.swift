/// One run of one group: holds what has been learned and done so far, for the report.
struct GroupRun: ObjectRun {
  let provisioner: Provisioner
  let object: ObjectID
  let policy: GroupPolicy
  let removals: RemovalPermission
  let began: Timestamp

  var kind: ObjectKind { .group }

  var action = ProvisioningLogEntry.Action.other
  var status = ProvisioningLogEntry.Status.success
  var steps: [ProvisioningLogEntry.Step] = []
  var modified: [ProvisioningLogEntry.ModifiedProperty] = []
  var sourceName: String?
  var linkBefore: GroupLink?
  /// The members as they are recorded now.
  var recorded: Set<GroupMember> = []
  var change = GroupChange()
  var awaited: Set<ObjectID> = []
  var group: (id: GroupID, name: String?)?
  var failure: Failure?
  var skip: SkipReason?
  var foundDrift = false
  var planned: LeaveAction?
  var hasRemoved = false
  /// So many members would be taken out at once, and may not be yet.
  var plannedMembers: Int?

  init(_ provisioner: Provisioner, _ group: ObjectID, _ policy: GroupPolicy, removals: RemovalPermission) {
    self.provisioner = provisioner
    self.policy = policy
    self.removals = removals
    object = group
    began = provisioner.clock.now
  }

  func report(cycleID: String?) -> RunReport {
    let target = group.map { (id: PersonID($0.id.rawValue), targetName: $0.name) }
    let entry = entry(target: target, cycleID: cycleID)
    var report = RunReport(
      record: RunRecord(objectID: object, escrow: .clear, group: change, entry: skip == nil ? entry : nil),
      account: entry, failure: failure, skip: skip, foundDrift: foundDrift)
    report.awaitedMembers = awaited
    report.plannedRemoval = plannedRemoval(target: target, cycleID: cycleID)
    report.plannedRemoval?.members = plannedMembers
    report.record.removal = removalChange
    return report
  }

  // MARK: Import and scope

  mutating func importAndDecide() async throws(Failure) {
    let entitlement = try await provisioner.scope.entitlement(ofGroup: object)
    linkBefore = try await provisioner.state.groupLink(object)
    guard entitlement.isAssigned || linkBefore != nil else {
      skip = entitlement.skipReason
      return
    }
    if let linkBefore { group = (linkBefore.groupID, linkBefore.targetName) }
    let observation = try await observe()
    let decision = decideGroup(
      observation, entitlement: entitlement, condition: linkBefore?.condition,
      policy: provisioner.policy.deprovisioning)
    switch decision {
    case .provision:
      guard case .present(let source) = observation else { return }
      noteScope("In scope: assigned.")
      try await provision(source)
    case .disable(let reason):
      noteScope("No longer in scope: \(reason.rawValue).")
      try await disable(reason)
    case .delete(let reason):
      noteScope("No longer in scope: \(reason.rawValue).")
      try await delete()
    case .release:
      skip = .notInScope
      setLink(.released)
    case .skip(let reason):
      skip = reason
    }
  }

  private mutating func observe() async throws(Failure) -> GroupObservation {
    let observation = try await provisioner.directory.group(object)
    switch observation {
    case .present(let source):
      await provisioner.absences.forget(object)
      sourceName = source.displayName
      noteImport("Read from the directory, with \(source.members.count) direct members.")
    case .softDeleted:
      await provisioner.absences.forget(object)
      noteImport("The group is in the recycle bin.")
    case .absent:
      guard await provisioner.absences.isConfirmed(object, at: provisioner.clock.now) else {
        throw AbsenceWatch.unconfirmed(kind)
      }
      noteImport("The group is gone from the directory and from its recycle bin.")
    }
    return observation
  }

  // MARK: Leaving

  /// The members stay as they are, for the day when the group comes back.
  private mutating func disable(_ reason: LeaveReason) async throws(Failure) {
    action = .disable
    if await isHeld(.disable) { return }
    guard let link = linkBefore, let group = try await ownedGroup(link) else { return }
    if group.attributes[.status] == GroupStatus.inactive {
      skip = .redundantExport
    } else {
      guard isPermitted(.disable) else { return }
      let changes = GroupChanges(attributes: [.status: GroupStatus.inactive], membership: .init())
      try await recordAhead(link.withoutDigest)
      try await provisioner.target.modifyGroup(group.id, changes.attributes, externalKey: externalKey)
      modified = changes.modifiedProperties(from: group)
      noteExport("Set to inactive.")
    }
    setLink(reason == .unassigned ? .released : .disabled)
    hasRemoved = true
  }

  private mutating func delete() async throws(Failure) {
    action = .delete
    if await isHeld(.delete) { return }
    guard let link = linkBefore, let group = try await ownedGroup(link), isPermitted(.delete) else { return }
    try await recordAhead(link.withoutDigest)
    let wasThere = try await provisioner.target.deleteGroup(group.id)
    hasRemoved = true
    await provisioner.absences.forget(object)
    noteExport(wasThere ? "Deleted." : "Was gone already.")
    change.link = .remove
  }

  private mutating func setLink(_ condition: Link.Condition) {
    guard var link = linkBefore else { return }
    link.condition = condition
    link.digest = nil
    change.link = .set(link)
  }

  /// The linked group, when it is there and still ours; otherwise the link goes and nothing is written.
  private mutating func ownedGroup(_ link: GroupLink) async throws(Failure) -> Group? {
    if let found = try await provisioner.target.group(link.groupID), owner(of: found) == .thisObject {
      group = (found.id, found.name)
      return found
    }
    change.link = .remove
    skip = .alreadyHandled
    return nil
  }

  /// Before anything is written: should nothing more be heard of this run, then what was applied before it is no longer known to be there,
  /// the next one carries on from the link, and nobody looks as if added by hand.
  /// - Parameter members: Nil leaves them as they are.
  mutating func recordAhead(_ link: GroupLink, _ members: Set<GroupMember>? = nil) async throws(Failure) {
    change.link = .set(link)
    guard link != linkBefore || members != nil && members != recorded else { return }
    try await provisioner.state.record(
      RunRecord(
        objectID: object, escrow: .unchanged, group: GroupChange(link: .set(link), members: members), entry: nil))
    linkBefore = link
    recorded = members ?? recorded
  }

  func owner(of group: Group) -> Owner {
    Owner(ofExternalKey: group.externalKey, for: object, policy: provisioner.policy.mapping)
  }
}

extension GroupLink {
  fileprivate var withoutDigest: GroupLink {
    var link = self
    link.digest = nil
    return link
  }
}
