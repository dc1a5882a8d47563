import ProvisioningModel
import ProvisioningRules

// In scope: match, compare, then create or update.

extension UserRun {
  mutating func provision(_ source: SourceAttributes) async throws(Failure) {
    stage = .processing
    let desired = try await desiredPerson(source)
    stage = .matching
    let listed = await listedPerson()
    if let linkBefore, linkBefore.condition == .active, linkBefore.digest == desired.digest, listed == nil,
      !isOnDemand, removals == .planOnly
    {
      skip = .redundantExport
      // The manager who is waited for may be another one.
      setLink(linkBefore.personID, desired)
      return
    }
    if desired.maintained[.status] == PersonStatus.inactive, await isHeld(.disable) { return }
    if let person = try await linkedPerson(listed) {
      try await update(person, desired, isNew: creation != nil)
    } else if let person = try await match(desired) {
      try await update(person, desired)
    } else {
      try await create(try await withUniqueValues(desired, source))
    }
  }

  /// The linked person as the listing of a full cycle has it; `.notListed` means that it has to be looked for.
  private func listedPerson() async -> PeopleSnapshot.Answer? {
    if let resumed { return .found(resumed) }
    guard let linkBefore else { return nil }
    switch await provisioner.snapshot.take(linkBefore.personID) {
    case .unknown: return nil
    case let answer: return answer
    }
  }

  private mutating func linkedPerson(_ listed: PeopleSnapshot.Answer?) async throws(Failure) -> Person? {
    guard let linkBefore else { return nil }
    try await provisioner.claims.claim(linkBefore.personID, for: user)
    let person: Person?
    if case .found(let found) = listed {
      person = found
    } else {
      person = try await provisioner.target.person(linkBefore.personID)
    }
    if let person, provisioner.serviceAccount.isOf(person) {
      await unlink(person, "The linked person is the account that Rollcall signs in with: matching anew.")
      return nil
    }
    switch person.map({ Owner(of: $0, for: user, policy: provisioner.policy.mapping) }) {
    case .thisObject, .nobody:
      noteMatching(
        creation == nil ? "Linked since it was first provisioned." : "Created before, and not seen to its end.")
      kept?.link?.lostSince = nil
      return person
    case nil: await unlink(nil, "The linked person is gone from xMatters: matching anew.")
    case .otherObject, .otherSystem:
      await unlink(person, "The linked person belongs to another object by now: matching anew.")
    }
    return nil
  }

  private mutating func unlink(_ found: Person?, _ text: String) async {
    await lose(found, text)
    person = nil
  }

  /// - Parameter isNew: The person was created without all that a new one gets.
  private mutating func update(
    _ person: Person, _ desired: DesiredPerson, isNew: Bool = false
  ) async throws(Failure) {
    stage = .processing
    self.person = (person.id, person.targetName)
    let adopts = person.externalKey != externalKey
    let changes = PersonChanges.between(person, and: try await withKnownLanguage(isNew ? desired.asNew : desired))
    // A status that a mapping gives takes people out like a leaving does.
    let disables = changes.attributes[.status] == PersonStatus.inactive
    action = disables ? .disable : isNew ? .create : .update
    // An adopted person comes under these mappings for the first time.
    losesValues = !adopts && !isNew && !disables && changes.takesAway(from: person)
    var isComplete = true
    foundDrift = !changes.isEmpty && linkBefore?.condition == .active && linkBefore?.digest == desired.digest
    noteEvaluation(changes, adopts: adopts, desired)
    stage = .export
    if foundDrift && !provisioner.policy.repairsDrift || changes.isEmpty && !adopts {
      skip = .redundantExport
    } else {
      if disables || losesValues {
        guard isPermitted(.disable) else {
          try await updateRest(of: changes, person, desired)
          return
        }
        try await checkStillDue()
        hasRemoved = true
      }
      if linkBefore?.personID == person.id {
        try await noteWriteAhead(.active)
      } else {
        try await linkAhead(person)
      }
      // An adopted person is not the one that a creation was to make.
      if !isNew { endsCreation = true }
      modified = try await shown(changes, from: person)
      let written = try await export(changes, to: person, writesPerson: adopts || !changes.attributes.isEmpty)
      if written != changes { modified = try await shown(written, from: person) }
      if isNew { modified = try await shown(PersonChanges.creation(of: desired), from: nil) }
      noteExport(isNew ? "Created before, and completed." : adopts ? "Adopted and updated." : "Updated.")
      noteWarnings(desired.warnings)
      isComplete = written == changes && !isSupervisorRefused
    }
    endsCreation = true
    setLink(person.id, desired, isComplete: isComplete)
  }

  /// While roles and devices that would go are held, everything else about the person goes on; before they are judged, it can wait, too.
  private mutating func updateRest(
    of changes: PersonChanges, _ person: Person, _ desired: DesiredPerson
  ) async throws(Failure) {
    let rest = changes.withoutLosses(from: person)
    guard losesValues, removals == .held, !rest.isEmpty else {
      modified = try await shown(changes, from: person)
      return
    }
    modified = try await shown(rest, from: person)
    try await noteWriteAhead(.active)
    _ = try await export(rest, to: person, writesPerson: !rest.attributes.isEmpty)
    skip = nil
    noteExport("Updated; roles and devices that would go wait for the guard.")
    setLink(person.id, desired, isComplete: false)
  }

  private mutating func create(_ desired: DesiredPerson) async throws(Failure) {
    action = .create
    let changes = PersonChanges.creation(of: desired)
    noteEvaluation("To be created.", desired)
    modified = try await shown(changes, from: nil)
    stage = .export
    try await loseAhead()
    try await beginCreation(named: changes.attributes[.targetName]?.text ?? "")
    let created: Person
    do throws(Failure) {
      let target = provisioner.target
      let key = externalKey
      created = try await writing(changes.attributes, noSupervisors: .list([])) { attributes throws(Failure) in
        try await target.create(attributes, externalKey: key)
      }
    } catch {
      endsCreation = !error.outcomeIsUnknown
      guard error.outcomeIsUnknown || error.code == .conflict,
        let person = try await existing(desired, after: error)
      else { throw error }
      modified = []
      await provisioner.snapshot.add(person.id)
      try await update(person, desired, isNew: error.outcomeIsUnknown)
      return
    }
    person = (created.id, created.targetName)
    await provisioner.snapshot.add(created.id)
    endsCreation = true
    // From here on the person exists: should a device fail, the next run carries on from the link.
    link = .set(Link(objectID: user, personID: created.id, targetName: created.targetName))
    let written = try await export(changes, to: created, writesPerson: false)
    if written != changes { modified = try await shown(written, from: nil) }
    noteExport("Created.")
    noteWarnings(desired.warnings)
    setLink(created.id, desired, isComplete: written == changes && !isSupervisorRefused)
  }

  /// Writes the changes.
  /// - Returns: Those that were carried out: a device that xMatters refuses is left out with a warning, as the person is right without it.
  private mutating func export(
    _ changes: PersonChanges, to person: Person, writesPerson: Bool
  ) async throws(Failure) -> PersonChanges {
    let target = provisioner.target
    if writesPerson {
      let key = externalKey
      try await writing(changes.attributes) { attributes throws(Failure) in
        try await target.modify(person.id, attributes, externalKey: key)
      }
    }
    var written = changes
    for change in changes.devices {
      do throws(Failure) {
        switch change {
        case .create(let name, let kind, let values):
          try await target.createDevice(named: name, kind: kind, values, owner: person.id)
        case .modify(let device, let values): try await target.modifyDevice(device, values)
        case .delete(let device): try await target.deleteDevice(device)
        }
      } catch  where error.code == .badRequest {
        written.devices.removeAll { $0 == change }
        noteWarnings(["xMatters refuses the address for \(change.name): the device was left as it is."])
      }
    }
    return written
  }

  /// With what is written in place of a language that was refused, so that the same is not written again and again.
  private func withKnownLanguage(_ desired: DesiredPerson) async throws(Failure) -> DesiredPerson {
    guard let code = desired.maintained[.language]?.text else { return desired }
    var desired = desired
    let candidate = try await provisioner.languages.candidates(for: code)[0]
    desired.maintained[.language] = candidate.map { .text($0) }
    return desired
  }

  /// Sends attributes; when xMatters refuses the request and there are supervisors in it, sends them without: the person is right but for
  /// that reference, which waits.
  /// - Parameter noSupervisors: What takes the place of refused supervisors; nil leaves those that the person has. A create that names none
  ///   would get the service account.
  private mutating func writing<Answer: Sendable>(
    _ attributes: [TargetAttribute: TargetValue], noSupervisors: TargetValue? = nil,
    _ send: ([TargetAttribute: TargetValue]) async throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    do throws(Failure) {
      return try await writingLanguage(attributes, send)
    } catch  where error.code == .badRequest && attributes[.supervisors] ?? .list([]) != .list([]) {
      var rest = attributes
      rest[.supervisors] = noSupervisors
      let answer = try await writingLanguage(rest, send)
      isSupervisorRefused = true
      noteWarnings([
        "xMatters refuses the supervisor, who may lack a role that can supervise: it was left out, and is tried again."
      ])
      return answer
    }
  }

  /// Sends attributes; when xMatters refuses the request and there is a language in it, tries the next best language.
  private mutating func writingLanguage<Answer: Sendable>(
    _ attributes: [TargetAttribute: TargetValue],
    _ send: ([TargetAttribute: TargetValue]) async throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    guard let code = attributes[.language]?.text else { return try await send(attributes) }
    var refused: [String] = []
    var firstFailure: Failure?
    for candidate in try await provisioner.languages.candidates(for: code) {
      var attributes = attributes
      attributes[.language] = candidate.map { .text($0) }
      do throws(Failure) {
        let answer = try await send(attributes)
        await provisioner.languages.refuse(refused)
        if candidate != code {
          noteLanguage(code, written: candidate)
        }
        return answer
      } catch  where error.code == .badRequest && candidate != nil {
        firstFailure = firstFailure ?? error
        if let candidate { refused.append(candidate) }
      } catch {
        // What was refused before says nothing about a request whose answer was lost.
        throw error.outcomeIsUnknown ? error : firstFailure ?? error
      }
    }
    throw firstFailure ?? .cancelled
  }
}
