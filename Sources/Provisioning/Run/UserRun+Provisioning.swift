// In scope: match, compare, then create or update.

extension UserRun {
  mutating func provision(_ source: SourceAttributes) async throws(Failure) {
    stage = .processing
    let desired = try await desiredPerson(source)
    stage = .matching
    let listed = await listedPerson()
    if let linkBefore, linkBefore.condition == .active, linkBefore.digest == desired.digest, listed == nil,
      !isOnDemand
    {
      skip = .redundantExport
      // The manager who is waited for may be another one.
      setLink(linkBefore.personID, desired)
      return
    }
    if let person = try await linkedPerson(listed) {
      try await update(person, desired)
    } else if let person = try await match(desired) {
      try await update(person, desired)
    } else {
      try await create(desired)
    }
  }

  private func desiredPerson(_ source: SourceAttributes) async throws(Failure) -> DesiredPerson {
    var supervisor: PersonID?
    if let manager = source.user.manager, let link = try await provisioner.state.link(manager),
      await !provisioner.snapshot.isMissing(link.personID)
    {
      supervisor = link.personID
    }
    func built(_ catalogue: Catalogue) throws(Failure) -> DesiredPerson {
      try DesiredPersonBuilder.desired(
        source, policy: provisioner.policy.mapping,
        surroundings: .init(catalogue: catalogue, supervisor: supervisor, now: provisioner.clock.now))
    }
    do throws(Failure) {
      return try built(try await provisioner.target.catalogue(refreshing: false))
    } catch  where error.code == .schemaAttributeNotFound {
      // The site or role may have been made a moment ago.
      return try built(try await provisioner.target.catalogue(refreshing: true))
    }
  }

  /// The linked person as the listing of a full cycle has it; `.notListed` means that it has to be looked for.
  private func listedPerson() async -> PeopleSnapshot.Answer? {
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
    switch person.map({ Owner(of: $0, for: user, policy: provisioner.policy.mapping) }) {
    case .thisObject, .nobody:
      noteMatching("Linked since it was first provisioned.")
      return person
    case nil: unlink("The linked person is gone from xMatters: matching anew.")
    case .otherObject, .otherSystem: unlink("The linked person belongs to somebody else by now: matching anew.")
    }
    return nil
  }

  private mutating func unlink(_ text: String) {
    link = .remove
    person = nil
    noteLostTarget(text)
  }

  private mutating func match(_ desired: DesiredPerson) async throws(Failure) -> Person? {
    for value in desired.matching {
      let found: [Person]
      switch await provisioner.snapshot.take(where: value) {
      case .found(let person): found = [person]
      case .notListed: found = []
      case .unknown: found = try await provisioner.target.people(where: value.attribute, equals: value.value)
      }
      guard let person = found.first else { continue }
      guard found.count == 1 else {
        throw Failure(
          .escrow, .duplicateTargetEntries, "\(found.count) people in xMatters match by \(value.attribute).",
          advice: "Leave one of them, or match by an attribute that is unique.")
      }
      try await takeUp(person, matchedBy: value.attribute)
      noteMatching("Matched by \(value.attribute).", tried: [value])
      return person
    }
    noteMatching("No person in xMatters matches.", tried: desired.matching)
    return nil
  }

  /// Whether a person that matches may be made ours.
  private mutating func takeUp(_ person: Person, matchedBy attribute: TargetAttribute) async throws(Failure) {
    self.person = (person.id, person.targetName)
    switch Owner(of: person, for: user, policy: provisioner.policy.mapping) {
    case .thisObject:
      break
    case .nobody:
      guard provisioner.policy.ownership == .adopt else {
        throw Failure(
          .escrow, .conflict, "A person in xMatters matches by \(attribute), but is not managed by Rollcall.",
          advice: "Set xmatters.ownership to adopt, or remove or rename that person.")
      }
    case .otherObject(let other):
      if let link = try await provisioner.state.link(other), link.condition == .active {
        throw Failure(
          .escrow, .duplicateSourceEntries,
          "The person in xMatters that matches by \(attribute) belongs to another user (\(other)).",
          advice: "Make the matching attribute of the two users differ.")
      }
      try await claimFromOther(person)
    case .otherSystem:
      throw Failure(
        .escrow, .conflict,
        "The person in xMatters that matches by \(attribute) carries the external key of another system.",
        advice: "Remove that external key if Rollcall is to manage the person.")
    }
  }

  /// The other user's run may have been at work on the person since it was read.
  private func claimFromOther(_ person: Person) async throws(Failure) {
    try await provisioner.claims.claim(person.id, for: user)
    guard try await provisioner.target.person(person.id) == person else {
      throw Failure(
        .reread, .invalidAnchor, "The person that matches was changed while it was looked at.",
        advice: "Nothing to do: it is looked for anew.")
    }
  }

  private mutating func update(_ person: Person, _ desired: DesiredPerson) async throws(Failure) {
    action = .update
    stage = .processing
    self.person = (person.id, person.targetName)
    let changes = PersonChanges.between(person, and: await withKnownLanguage(desired))
    let adopts = person.externalKey != externalKey
    foundDrift = !changes.isEmpty && linkBefore?.condition == .active && linkBefore?.digest == desired.digest
    noteEvaluation(changes, adopts: adopts, desired)
    stage = .export
    if foundDrift && !provisioner.policy.repairsDrift || changes.isEmpty && !adopts {
      skip = .redundantExport
    } else {
      if linkBefore?.personID == person.id {
        try await noteWriteAhead(.active)
      } else {
        // Should the answer be lost, or a device fail: the person carries our key by then, and may not be found by its name any more.
        link = .set(Link(objectID: user, personID: person.id, targetName: person.targetName))
      }
      modified = try await shown(changes, from: person)
      try await export(changes, to: person, writesPerson: adopts || !changes.attributes.isEmpty)
      noteExport(adopts ? "Adopted and updated." : "Updated.")
      noteWarnings(desired.warnings)
    }
    setLink(person.id, desired)
  }

  private mutating func create(_ desired: DesiredPerson) async throws(Failure) {
    action = .create
    let changes = PersonChanges.creation(of: desired)
    noteEvaluation("To be created.", desired)
    modified = try await shown(changes, from: nil)
    stage = .export
    let created: Person
    do throws(Failure) {
      let target = provisioner.target
      let key = externalKey
      created = try await writing(changes.attributes) { attributes throws(Failure) in
        try await target.create(attributes, externalKey: key)
      }
    } catch  where error.outcomeIsUnknown || error.code == .conflict {
      guard let person = try await existing(desired, after: error) else { throw error }
      modified = []
      try await update(person, desired)
      return
    }
    person = (created.id, created.targetName)
    await provisioner.snapshot.add(created.id)
    // From here on the person exists: should a device fail, the next run carries on from the link.
    link = .set(Link(objectID: user, personID: created.id, targetName: created.targetName))
    try await export(PersonChanges(devices: changes.devices), to: created, writesPerson: false)
    noteExport("Created.")
    noteWarnings(desired.warnings)
    setLink(created.id, desired)
  }

  /// After a create that was refused as a duplicate, or whose answer was lost: looks by every name that must be unique.
  private mutating func existing(_ desired: DesiredPerson, after failure: Failure) async throws(Failure) -> Person? {
    let names = [TargetAttribute.targetName, .webLogin].compactMap { attribute in
      (desired.maintained[attribute] ?? desired.initial[attribute])?.text.map { (attribute, $0) }
    }
    for (attribute, name) in names {
      guard let person = try await provisioner.target.people(where: attribute, equals: name).first else { continue }
      let owner = Owner(of: person, for: user, policy: provisioner.policy.mapping)
      // A create whose answer was lost left a person with our key; whatever else has the name was there before.
      if failure.outcomeIsUnknown, owner != .thisObject { continue }
      try await takeUp(person, matchedBy: attribute)
      noteMatching("Found by \(attribute) after all.", tried: [MatchingValue(attribute: attribute, value: name)])
      return person
    }
    return nil
  }

  private mutating func export(
    _ changes: PersonChanges, to person: Person, writesPerson: Bool
  ) async throws(Failure) {
    let target = provisioner.target
    if writesPerson {
      let key = externalKey
      try await writing(changes.attributes) { attributes throws(Failure) in
        try await target.modify(person.id, attributes, externalKey: key)
      }
    }
    for device in changes.devices {
      switch device {
      case .create(let name, let kind, let address):
        try await target.createDevice(named: name, kind: kind, address: address, owner: person.id)
      case .modify(let device, let address): try await target.modifyDevice(device, address: address)
      case .delete(let device): try await target.deleteDevice(device)
      }
    }
  }

  /// With what is written in place of a language that was refused, so that the same is not written again and again.
  private func withKnownLanguage(_ desired: DesiredPerson) async -> DesiredPerson {
    guard let code = desired.maintained[.language]?.text else { return desired }
    var desired = desired
    let candidate = await provisioner.languages.candidates(for: code)[0]
    desired.maintained[.language] = candidate.map { .text($0) }
    return desired
  }

  /// Sends attributes; when xMatters refuses the request and there is a language in it, tries the next best language.
  private mutating func writing<Answer: Sendable>(
    _ attributes: [TargetAttribute: TargetValue],
    _ send: ([TargetAttribute: TargetValue]) async throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    guard let code = attributes[.language]?.text else { return try await send(attributes) }
    var refused: [String] = []
    var firstFailure: Failure?
    for candidate in await provisioner.languages.candidates(for: code) {
      var attributes = attributes
      attributes[.language] = candidate.map { .text($0) }
      do throws(Failure) {
        let answer = try await send(attributes)
        for code in refused { await provisioner.languages.refuse(code) }
        if candidate != code {
          noteLanguage(code, written: candidate)
        }
        return answer
      } catch  where error.code == .badRequest && candidate != nil {
        firstFailure = firstFailure ?? error
        if let candidate { refused.append(candidate) }
      } catch {
        throw firstFailure ?? error
      }
    }
    throw firstFailure ?? .cancelled
  }
}
