import ProvisioningModel
import ProvisioningRules

/// One run of one user: holds what has been learned and done so far, for the report.
struct UserRun: ObjectRun {
  let provisioner: Provisioner
  let user: ObjectID
  let removals: RemovalPermission
  let isOnDemand: Bool
  let began: Timestamp

  var object: ObjectID { user }
  var kind: ObjectKind { .user }

  var stage = ProvisioningLogEntry.StepKind.import
  var action = ProvisioningLogEntry.Action.other
  var status = ProvisioningLogEntry.Status.success
  var steps: [ProvisioningLogEntry.Step] = []
  var modified: [ProvisioningLogEntry.ModifiedProperty] = []
  var sourceName: String?
  /// What the run acted upon.
  var entitlement: Entitlement?
  var kept: KeptObject?
  var linkBefore: Link? { kept?.link }
  /// As it was before anything was written ahead.
  private var linkAtStart: Link?
  /// As the state has it now.
  private var recordedLink: Link?
  var link = RunRecord.LinkChange.unchanged
  var person: (id: PersonID, targetName: String?)?
  var target: (id: TargetID, name: String?)? { person.map { (TargetID($0.id), $0.targetName) } }
  var failure: Failure?
  var skip: SkipReason?
  var foundDrift = false
  var reasonToLeave: LeaveReason?
  /// A removal that would be carried out, were it permitted.
  var planned: LeaveAction?
  var hasRemoved = false
  /// A creation that came to something and is not complete, and its person, when it had no link.
  var creation: Creation?
  var resumed: Person?
  var endsCreation = false
  var isUnknown = false
  var isUndecided = false
  /// The user's own removal costs the user.
  var losers: Set<ObjectID> { [] }
  /// The person would stay, and lose roles or devices.
  var losesValues = false
  var absence: Evidence.Absence?
  /// xMatters took the person without its supervisor.
  var isSupervisorRefused = false
  var lookAgain: Duration?

  init(_ provisioner: Provisioner, _ user: ObjectID, removals: RemovalPermission, onDemand: Bool) {
    self.provisioner = provisioner
    self.user = user
    self.removals = removals
    isOnDemand = onDemand
    began = provisioner.clock.now
  }

  mutating func execute() async {
    await attempt()
    // What was learned about the link on the way, whatever became of the run.
    if link == .unchanged, let linkBefore, linkBefore != recordedLink { link = .set(linkBefore) }
    if stage == .export, let person { await provisioner.snapshot.outdate(person.id) }
  }

  func report(cycleID: String?) -> RunReport {
    let entry = entry(cycleID: cycleID)
    var report = RunReport(
      record: RunRecord(
        objectID: user, link: link, escrow: .clear, entry: isWorthAnEntry ? entry : nil),
      account: entry, failure: skip == .importSkipped ? nil : failure, skip: skip, foundDrift: foundDrift)
    report.plannedRemoval = plannedRemoval(cycleID: cycleID)
    if losesValues { report.plannedRemoval?.becomesOfValues(modified.map(\.name)) }
    report.record.removal = removalChange
    report.record.endsCreation = endsCreation
    switch link {
    case .unchanged: break
    case .set(let link):
      report.isNewlyLinked = linkAtStart?.personID != link.personID
      if linkAtStart != nil && report.isNewlyLinked { report.record.entitlement = .forgetAll }
    case .remove where action != .delete: report.record.entitlement = .forgetAll
    case .remove: break
    }
    report.changesMemberships = changesMemberships
    report.givesUpName = givesUpName
    report.lookAgain = lookAgain
    return report
  }

  private var linkAfter: Link? {
    switch link {
    case .unchanged: linkBefore
    case .set(let link): link
    case .remove: nil
    }
  }

  private var changesMemberships: Bool {
    linkAfter?.personID != linkAtStart?.personID || linkAfter?.condition != linkAtStart?.condition
  }

  private var givesUpName: Bool {
    guard let linkAtStart else { return false }
    // A disabled person keeps it.
    return linkAfter?.personID != linkAtStart.personID || linkAfter?.targetName != linkAtStart.targetName
  }

  // MARK: Import and scope

  mutating func importAndDecide() async throws(Failure) {
    var scope = ScopeExplanation(kind: kind, standing: try await provisioner.scope.standing(of: user))
    let entitlement = scope.standing.entitlement
    self.entitlement = entitlement
    kept = try await provisioner.state.kept(of: user)
    linkAtStart = linkBefore
    recordedLink = linkBefore
    try await resumeCreation()
    guard entitlement.isAssigned || linkBefore != nil || isOnDemand else {
      // Spares a read for everybody who is none of our business.
      skip = entitlement.skipReason
      note(scope, .unassigned)
      return
    }
    if let linkBefore { person = (linkBefore.personID, linkBefore.targetName) }
    if isStranger, Urgency.isLive, await provisioner.evidence.isUnknown(user) {
      skip = .notInScope
      noteImport("The directory has just been asked, and does not have the user.")
      return
    }
    let observation = try await observe()
    if isOrphan(observation) {
      if removals == .ordered, linkBefore?.condition == .active { return try await disable(.missing) }
      skip = .orphan
      try await settleByListing()
      return
    }
    stage = .scoping
    let source = SourceAttributes(observation, entitlement)
    scope.isActive = source?.user.accountEnabled ?? false
    if let source, entitlement.isAssigned { scope.filters = try provisioner.policy.filters.evaluate(source) }
    let passesFilters = scope.filters?.passes ?? true
    let reason = leaveReason(
      observation, entitlement: entitlement, passesFilters: passesFilters, isProvenDeleted: absence == .deleted)
    note(scope, reason)
    let decision = decide(
      reason, entitlement: entitlement, condition: linkBefore?.condition, policy: provisioner.policy.deprovisioning)
    noteWhetherGone(decision)
    switch decision {
    case .provision:
      guard let source else { return }
      do throws(Failure) {
        try await provision(source)
      } catch  where error.code == .importSkipped {
        noteImportSkipped(error)
      }
    case .disable(let reason):
      try await disable(reason)
    case .delete:
      try await delete()
    case .release:
      skip = .notInScope
      if let linkBefore { link = .set(linkBefore.withoutDigest(.released)) }
    case .skip(.alreadyHandled) where try await isActiveAgain(reason):
      try await disableAgain(reason)
    case .skip(let reason):
      skip = reason
      isUnknown = isOnDemand && observation == .absent && linkBefore == nil
      try await settleByListing()
    }
  }

  /// Whether a person who was disabled is active in xMatters: set so by hand, as the directory did not change. Only a full cycle looks at
  /// everybody, and a run that may act or is asked for.
  private func isActiveAgain(_ reason: LeaveReason?) async throws(Failure) -> Bool {
    guard let linkBefore, linkBefore.condition == .disabled, let reason,
      provisioner.policy.deprovisioning.action(for: reason) == .disable
    else { return false }
    if case .found(let person) = await provisioner.snapshot.take(linkBefore.personID) {
      return person.attributes[.status] == PersonStatus.active
    }
    guard isOnDemand || removals.isGranted else { return false }
    return try await provisioner.target.person(linkBefore.personID)?.attributes[.status] == PersonStatus.active
  }

  private mutating func disableAgain(_ reason: LeaveReason?) async throws(Failure) {
    foundDrift = true
    guard provisioner.policy.repairsDrift, let reason else {
      skip = .redundantExport
      return
    }
    try await disable(reason)
  }

  /// Whether nothing but a key in xMatters suggests that the person is the user's. What the directory says is noted with the link.
  private mutating func isOrphan(_ observation: UserObservation) -> Bool {
    guard let linkBefore, linkBefore.proof == .unproven else { return false }
    let link = linkBefore.examined(isKnown: observation != .absent, at: provisioner.clock.now)
    kept?.link = link
    return link.proof == .unproven
  }

  /// Of a user who is gone for good and whose person is to stay, a person is to know.
  private mutating func noteWhetherGone(_ decision: Decision) {
    guard let linkBefore, linkBefore.proof == .proven, linkBefore.condition != .released else { return }
    if case .delete = decision { return }
    switch absence {
    case .deleted?:
      let since = linkBefore.orphanSince ?? provisioner.clock.now
      kept?.link?.orphanSince = since
    case nil: kept?.link?.orphanSince = nil
    case .missing?, .unconfirmed?: break
    }
  }

  /// A link to a person that a listing does not have is of no use, and keeps those that it supervised from being written.
  private mutating func settleByListing() async throws(Failure) {
    guard let linkBefore, await !provisioner.snapshot.isEmpty else { return }
    // Asked, not taken: the person may be another user's by now, whose run compares with the listing.
    if await !provisioner.snapshot.isMissing(linkBefore.personID) {
      kept?.link?.lostSince = nil
    } else if try await provisioner.target.person(linkBefore.personID) == nil {
      link = .remove
    }
  }

  /// xMatters does not have the linked person, or has it as another object's. That is one answer: unless a listing says the same, what is
  /// known of the person is kept until one does.
  mutating func lose(_ found: Person?, _ text: String) async {
    guard let linkBefore else { return }
    let snapshot = provisioner.snapshot
    let isDecided = if found == nil { await snapshot.isMissing(linkBefore.personID) } else { await !snapshot.isEmpty }
    if isDecided {
      link = .remove
    } else {
      let lost = linkBefore.lost(at: provisioner.clock.now)
      kept?.link = lost
      isUndecided = true
    }
    noteLostTarget(text + (isDecided ? "" : " The next listing decides what becomes of the link."))
  }

  /// Whether nothing speaks for the user but a signal: in scope is everybody, no person is linked, and none is being made. Then there is
  /// nothing to be taken, so that an absence needs no proof.
  private var isStranger: Bool {
    provisioner.scope.kind == .all && linkBefore == nil && creation == nil && !isOnDemand
  }

  mutating func observe() async throws(Failure) -> UserObservation {
    let asked = provisioner.evidence.now
    let observation = try await read()
    if isStranger, observation == .absent {
      await provisioner.evidence.noteUnknown(user, at: asked)
      // There is nothing to be remembered of an id that may be made up.
      entitlement = nil
      noteImport("The directory does not have the user, and no person is linked to it.")
      return observation
    }
    try await weigh(observation, began: asked)
    if case .present(let source) = observation {
      sourceName = source.displayName
      noteImport(source)
    }
    return observation
  }

  private func read() async throws(Failure) -> UserObservation {
    // A live signal may be newer than what a cycle has read.
    if !Urgency.isLive, let user = await provisioner.readAhead.take(user, at: began) { return .present(user) }
    let (directory, user) = (provisioner.directory, user)
    let result = await RecycleBin.$matters.withValue(!isStranger) { () -> Result<UserObservation, Failure> in
      do throws(Failure) { return .success(try await directory.user(user)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  // MARK: Leaving

  mutating func disable(_ reason: LeaveReason) async throws(Failure) {
    action = .disable
    stage = .matching
    if await isHeld(.disable) { return }
    guard let lookedFor = linkBefore, let person = try await ownedPerson(lookedFor), let linkBefore else { return }
    let leftScope = reason == .unassigned || reason == .filteredOut
    let link = linkBefore.withoutDigest(leftScope ? .released : .disabled)
    guard provisioner.policy.mapping.mappings.contains(where: { $0.target == .status }) else {
      noteEvaluation("No mapping writes the status: the person is left as it is.")
      self.link = .set(link)
      skip = .alreadyHandled
      return
    }
    let changes = PersonChanges(
      attributes: person.attributes[.status] == PersonStatus.inactive ? [:] : [.status: PersonStatus.inactive])
    if changes.isEmpty {
      noteEvaluation("To be inactive (\(reason.rawValue)), and is so already.")
      skip = .redundantExport
    } else {
      noteEvaluation("To be set inactive: \(reason.rawValue).")
      modified = try await shown(changes, from: person)
      guard isPermitted(.disable) else { return }
      stage = .export
      try await checkStillDue()
      try await noteWriteAhead(linkBefore.condition)
      try await provisioner.target.modify(person.id, changes.attributes, externalKey: externalKey)
      noteExport("Set to inactive.")
    }
    self.link = .set(link)
    hasRemoved = true
    endsCreation = true
  }

  mutating func delete() async throws(Failure) {
    action = .delete
    stage = .matching
    if await isHeld(.delete) { return }
    guard let link = linkBefore, let person = try await ownedPerson(link) else { return }
    noteEvaluation("To be deleted.")
    guard isPermitted(.delete) else { return }
    stage = .export
    try await checkStillDue()
    try await noteWriteAhead(link.condition)
    let wasThere = try await provisioner.target.delete(person.id)
    hasRemoved = true
    await provisioner.evidence.forget(user)
    endsCreation = true
    noteExport(wasThere ? "Deleted." : "Was gone already.")
    self.link = .remove
  }

  /// The linked person, when it is there and still ours; otherwise the link goes and nothing is written.
  mutating func ownedPerson(_ link: Link) async throws(Failure) -> Person? {
    try await provisioner.claims.claim(link.personID, for: user)
    guard let person = try await provisioner.target.person(link.personID) else {
      await lose(nil, "The linked person is gone from xMatters.")
      skip = .alreadyHandled
      return nil
    }
    self.person = (person.id, person.targetName)
    guard !provisioner.serviceAccount.isOf(person) else {
      await lose(person, "The linked person is the account that Rollcall signs in with: it is left alone.")
      skip = .alreadyHandled
      return nil
    }
    guard try await isOurs(person) else {
      await lose(person, "The linked person belongs to another object by now: it is left alone.")
      skip = .alreadyHandled
      return nil
    }
    noteMatching("Linked since it was first provisioned.")
    kept?.link?.lostSince = nil
    return person
  }

  /// By its key. A person that a file has made for the user, and that has not been claimed since, gets it now.
  private func isOurs(_ person: Person) async throws(Failure) -> Bool {
    switch Owner(of: person, for: user, policy: provisioner.policy.mapping) {
    case .thisObject: return true
    case .otherObject, .otherSystem: return false
    case .nobody:
      guard let creation, isMade(person, by: creation) else { return false }
      try await provisioner.target.modify(person.id, [:], externalKey: externalKey)
      return true
    }
  }

  // MARK: Parts

  /// Written down before a linked person is written: should nothing more be heard of this run, then what was applied before it is no
  /// longer known to be there, and a person who may be active again has to be taken out when the user leaves.
  mutating func noteWriteAhead(_ condition: Link.Condition?) async throws(Failure) {
    guard let linkBefore, let condition, linkBefore.digest != nil || linkBefore.condition != condition else { return }
    let link = linkBefore.withoutDigest(condition)
    try await recordAhead(RunRecord(objectID: user, link: .set(link), escrow: .unchanged, entry: nil), link)
  }

  /// Before a write, what has to be known should nothing more be heard of this run.
  mutating func recordAhead(_ record: RunRecord, _ link: Link) async throws(Failure) {
    try await provisioner.state.record(record)
    kept?.link = link
    recordedLink = link
  }

  /// - Parameter isComplete: False when something of the desired state was refused: the next run is to compare with xMatters.
  mutating func setLink(_ person: PersonID, _ desired: DesiredPerson, isComplete: Bool = true) {
    let new = Link(
      objectID: user, personID: person, digest: isComplete ? desired.digest : nil,
      targetName: desired.maintained[.targetName]?.text ?? self.person?.targetName,
      pendingSupervisor: desired.pendingSupervisor)
    link = new == linkBefore ? .unchanged : .set(new)
  }

  private mutating func noteImportSkipped(_ reason: Failure) {
    failure = reason
    skip = .importSkipped
    status = .skipped
    steps.append(
      .init(.matching, "EntryMatching", .skipped, reason.reason, details: ["errorCode": reason.code.rawValue]))
  }
}
