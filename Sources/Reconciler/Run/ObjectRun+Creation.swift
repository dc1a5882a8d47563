import ProvisioningModel
import ProvisioningRules

// What has to be known of an object that is being created, should nothing more be heard of the run or process that does it: a creation ends
// where its outcome is recorded, and until then every run of the object looks for what came of it.

extension ObjectRun {
  /// To be called before the request.
  /// - Throws: When it cannot be stored, or a file is making the person.
  mutating func beginCreation(named name: String) async throws(Failure) {
    endsCreation = false
    try await provisioner.creations.begin(
      Creation(object, kind: kind, targetName: name, at: provisioner.clock.now))
  }

  /// Nothing came of it; that is known once xMatters has had time enough.
  fileprivate mutating func giveUp(_ creation: Creation) {
    if began - creation.at >= CreationBook.memory { endsCreation = true }
  }
}

extension UserRun {
  /// Links the user to a person who was created and is not linked, to be completed or taken out, whatever has become of the user since.
  mutating func resumeCreation() async throws(Failure) {
    guard let creation = await provisioner.creations.creation(of: user) else { return }
    if let linkBefore, !linkBefore.isLost {
      let isSettled = linkBefore.digest != nil || linkBefore.condition != .active
      if isSettled { endsCreation = true } else { self.creation = creation }
      return
    }
    let value = MatchingValue(attribute: .targetName, value: creation.targetName)
    guard let person = try await people(by: value).first(where: { isMade($0, by: creation) }) else {
      giveUp(creation)
      return
    }
    self.creation = creation
    resumed = person
    let new = Link(objectID: user, personID: person.id, targetName: person.targetName)
    link = .set(new)
    kept?.link = new
  }

  /// A person of a file has no owner until it is claimed.
  func isMade(_ person: Person, by creation: Creation) -> Bool {
    if provisioner.serviceAccount.isOf(person) { return false }
    return switch Owner(of: person, for: user, policy: provisioner.policy.mapping) {
    case .thisObject: true
    case .nobody: creation.isByFile && person.targetName?.lowercased() == creation.targetName.lowercased()
    case .otherObject, .otherSystem: false
    }
  }

  /// Before a person gets our key who is not linked: nothing else would lead there.
  mutating func linkAhead(_ person: Person) async throws(Failure) {
    let new = Link(objectID: user, personID: person.id, targetName: person.targetName)
    link = .set(new)
    guard await provisioner.creations.mustRecordAhead || linkBefore != nil else { return }
    try await recordAhead(new)
  }

  /// Before a person is created in the place of a lost one: only a lost link lets the next run look for who was created.
  mutating func loseAhead() async throws(Failure) {
    if let linkBefore { try await recordAhead(linkBefore.lost(at: provisioner.clock.now)) }
  }

  private mutating func recordAhead(_ new: Link) async throws(Failure) {
    var record = RunRecord(objectID: user, link: .set(new), escrow: .unchanged, entry: nil)
    if linkBefore != nil { record.entitlement = .forgetAll }
    try await recordAhead(record, new)
  }
}

extension GroupRun {
  /// Links a group that was created and is not linked.
  mutating func resumeCreation() async throws(Failure) {
    guard let creation = await provisioner.creations.creation(of: object) else { return }
    guard linkBefore?.isLost ?? true else {
      endsCreation = true
      return
    }
    guard let found = try await provisioner.target.group(named: creation.targetName),
      owner(of: found) == .thisObject
    else {
      giveUp(creation)
      return
    }
    let link = GroupLink(objectID: object, groupID: found.id, targetName: found.name)
    change.link = .set(link)
    linkBefore = link
    endsCreation = true
  }
}
