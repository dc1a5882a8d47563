import ProvisioningModel
import ProvisioningRules

// Who in xMatters is the user already, and whether that person may be taken up.

extension Link {
  /// For sentences.
  fileprivate var standing: String {
    switch condition {
    case .active: "provisioned"
    case .disabled: "disabled"
    case .released: "out of scope"
    }
  }
}

extension UserRun {
  mutating func match(_ desired: DesiredPerson) async throws(Failure) -> Person? {
    if desired.matching.isEmpty { throw .nothingToMatchBy }
    for value in desired.matching {
      let found = try await people(by: value)
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

  func people(by value: MatchingValue) async throws(Failure) -> [Person] {
    switch await provisioner.snapshot.take(where: value) {
    case .found(let person): [person]
    case .notListed: []
    case .unknown: try await provisioner.target.people(where: value.attribute, equals: value.value)
    }
  }

  /// Whether a person that matches may be made ours.
  private mutating func takeUp(_ person: Person, matchedBy attribute: TargetAttribute) async throws(Failure) {
    self.person = (person.id, person.targetName)
    guard !provisioner.serviceAccount.isOf(person) else {
      throw Failure(
        .escrow, .conflict,
        "The person in xMatters that matches by \(attribute) is the account that Rollcall signs in with.",
        advice: "Give Rollcall an account that no user of the directory matches.")
    }
    switch Owner(of: person, for: user, policy: provisioner.policy.mapping) {
    case .thisObject:
      break
    case .nobody:
      guard provisioner.policy.ownership == .adopt else {
        throw Failure(
          .escrow, .conflict, "A person in xMatters matches by \(attribute), but is not managed by Rollcall.",
          advice: "Set xmatters.ownership to adopt, or remove or rename that person.")
      }
      try await claimFromNobody(person, matchedBy: attribute)
    case .otherObject(let other):
      throw try await nameInUse(by: other, attribute)
    case .otherSystem:
      throw Failure(
        .escrow, .conflict,
        "The person in xMatters that matches by \(attribute) carries the external key of another system.",
        advice: "Remove that external key if Rollcall is to manage the person.")
    }
  }

  /// Another user's run may have taken it up since it was read, or a file may have made it for another user.
  private func claimFromNobody(_ person: Person, matchedBy attribute: TargetAttribute) async throws(Failure) {
    try await provisioner.claims.claim(person.id, for: user)
    if let name = person.targetName, let other = await provisioner.creations.holder(of: name, besides: user) {
      throw CreationBook.isBeingGiven(to: other)
    }
    if let link = try await provisioner.state.link(person: person.id), link.objectID != user,
      link.condition != .released
    {
      throw try await nameInUse(by: link.objectID, attribute)
    }
  }

  /// A person serves one human for life: with it would go devices and messages that concern no other person. It is never handed over
  /// to a user who came to have its name.
  private func nameInUse(by other: ObjectID, _ attribute: TargetAttribute) async throws(Failure) -> Failure {
    let link = try await provisioner.state.link(other)
    let since = link?.orphanSince.map { ", unknown to this directory since \($0)" } ?? ""
    return Failure(
      .escrow, .nameInUse,
      "The person in xMatters that matches by \(attribute) is that of another object of the directory (\(other), \(link?.standing ?? "not linked")\(since)).",
      advice:
        "Make the matching attributes of the two differ, or delete or rename that person in xMatters if it is of no use any more. This user is provisioned once the name is free."
    )
  }

  /// After a create that was refused as a duplicate, or whose answer was lost: looks by every name that must be unique.
  mutating func existing(_ desired: DesiredPerson, after failure: Failure) async throws(Failure) -> Person? {
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
}
