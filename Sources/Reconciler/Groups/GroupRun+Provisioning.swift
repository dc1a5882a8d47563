import ProvisioningModel
import ProvisioningRules

// In scope: match, compare, then create or update.

extension GroupRun {
  mutating func provision(_ source: DirectoryGroup) async throws(Failure) {
    stage = .processing
    recorded = try await provisioner.state.members(of: object)
    let membership = try await desiredMembership(source.members)
    awaited = membership.awaited
    let desired = try DesiredGroup(source, membership: membership, policy: policy, now: provisioner.clock.now)
    stage = .matching
    let listed = await listedGroup()
    if let linkBefore, linkBefore.condition == .active, linkBefore.digest == desired.digest, listed == nil,
      !isOnDemand, !removals.isGranted
    {
      skip = .redundantExport
      settle(linkBefore.groupID, desired)
    } else if let group = try await linkedGroup(listed) {
      try await update(group, desired)
    } else if let group = try await match(desired) {
      try await update(group, desired)
    } else {
      try await create(desired)
    }
  }

  /// A user who left the group stays in it until another look confirms that, and one who is on the way out of scope until that is carried
  /// out: it may be held, and would be missing from the group for nothing.
  private mutating func desiredMembership(_ users: Set<ObjectID>) async throws(Failure) -> DesiredMembership {
    let former = Set(recorded.map(\.user)).subtracting(users)
    let links = try await provisioner.state.links(of: users.union(former))
    let active = Set(links.lazy.filter { $0.condition == .active && former.contains($0.objectID) }.map(\.objectID))
    let leaving = active.subtracting(await provisioner.scope.assigned(among: active))
    let (unconfirmed, rest) = await provisioner.evidence.unconfirmed(
      former.subtracting(leaving), of: object, present: users, at: asked)
    lookAgain = rest
    return DesiredMembership(of: users, links: links, recorded: recorded, leaving: leaving.union(unconfirmed))
  }

  // MARK: Matching

  /// The linked group as the listing of a full cycle has it.
  private func listedGroup() async -> GroupSnapshot.Answer? {
    guard let linkBefore else { return nil }
    let answer = await provisioner.groupSnapshot.take(linkBefore.groupID)
    return answer == .unknown ? nil : answer
  }

  private mutating func linkedGroup(_ listed: GroupSnapshot.Answer?) async throws(Failure) -> Group? {
    guard let linkBefore else { return nil }
    let found: Group?
    if case .found(let group) = listed {
      found = group
    } else {
      found = try await provisioner.target.group(linkBefore.groupID)
    }
    switch found.map(owner) {
    case .thisObject, .nobody:
      self.linkBefore?.lostSince = nil
      noteLinked()
      return found
    case nil: await lose(nil, "The linked group is gone from xMatters: matching anew.")
    case .otherObject, .otherSystem:
      await lose(found, "The linked group belongs to another object by now: matching anew.")
    }
    group = nil
    return nil
  }

  private mutating func match(_ desired: DesiredGroup) async throws(Failure) -> Group? {
    guard let found = try await provisioner.target.group(named: desired.name) else {
      noteMatching("No group in xMatters matches.", details: isOnDemand ? ["targetName": desired.name] : [:])
      return nil
    }
    try await takeUp(found)
    noteMatching("Matched by name.", details: matchingDetails)
    return found
  }

  /// Whether a group that has the name may be made ours.
  private mutating func takeUp(_ found: Group) async throws(Failure) {
    group = (found.id, found.name)
    // A person who was put into another group is no member of this one because of it.
    if found.id != linkBefore?.groupID { recorded = [] }
    guard found.kind != nil else {
      throw Failure(
        .escrow, .conflict, "The name belongs to a group in xMatters whose members xMatters computes itself.",
        advice: "Rename one of the two groups, or change mappings.groups.name.")
    }
    switch owner(of: found) {
    case .thisObject:
      break
    case .nobody:
      guard provisioner.policy.ownership == .adopt else {
        throw Failure(
          .escrow, .conflict, "A group in xMatters has the name, but is not managed by Rollcall.",
          advice: "Set xmatters.ownership to adopt, or remove or rename that group.")
      }
    case .otherObject(let other):
      guard let link = try await provisioner.state.groupLink(other), link.condition == .released, link.proof == .proven
      else {
        throw Failure(
          .escrow, .duplicateSourceEntries,
          "The group in xMatters that has the name belongs to another group of the directory (\(other)).",
          advice: "Make the names of the two groups differ.")
      }
      // It left the scope and gives its place to this one of the same name. The members that Rollcall had put into it stay told apart from those who
      // were added by hand.
      recorded = try await provisioner.state.members(of: link.objectID)
    case .otherSystem:
      throw Failure(
        .escrow, .conflict, "The group in xMatters that has the name carries the external key of another system.",
        advice: "Remove that external key if Rollcall is to manage the group.")
    }
  }

  // MARK: Export

  private mutating func update(_ group: Group, _ desired: DesiredGroup) async throws(Failure) {
    action = .update
    stage = .matching
    self.group = (group.id, group.name)
    guard let members = try await provisioner.target.members(of: group.id) else {
      throw Failure(
        .reread, .invalidAnchor, "The group went away from xMatters while it was looked at.",
        advice: "Nothing to do: it is looked for anew.")
    }
    let changes = GroupChanges.between(group, members, and: desired, recorded: recorded, isExact: policy.isExact)
    let adopts = group.externalKey != externalKey
    stage = .processing
    foundDrift = !changes.isEmpty && linkBefore?.condition == .active && linkBefore?.digest == desired.digest
    noteEvaluation(evaluation(isEqual: changes.isEmpty, adopts: adopts), details: details(of: desired))
    if foundDrift && !provisioner.policy.repairsDrift || changes.isEmpty && !adopts {
      skip = .redundantExport
    } else {
      modified = changes.modifiedProperties(from: group)
      losers = users(of: changes.membership.removed)
      losesMembers = !losers.isEmpty
      if losesMembers {
        guard isPermitted(.disable) else {
          try await export(withoutRemovals: changes, to: group, desired, adopts: adopts)
          return
        }
        try await checkStillDue()
        hasRemoved = true
      }
      stage = .export
      try await export(changes, to: group, desired, writesGroup: adopts || !changes.attributes.isEmpty)
      noteExport("\(adopts ? "Adopted and updated" : "Updated"): \(changes.membership.summary).")
      noteWarnings(desired.warnings + kindWarning(group))
    }
    endsCreation = true
    settle(group.id, desired)
  }

  /// The people behind members; one who was added by hand stands for itself.
  private func users(of members: [MemberID]) -> Set<ObjectID> {
    let users = Dictionary(
      recorded.compactMap { member in member.person.map { (MemberID($0), member.user) } }, uniquingKeysWith: { $1 })
    return Set(members.map { users[$0] ?? ObjectID($0.rawValue) })
  }

  /// Members who would go wait for the guard; everything else of the group does not.
  private mutating func export(
    withoutRemovals changes: GroupChanges, to group: Group, _ desired: DesiredGroup, adopts: Bool
  ) async throws(Failure) {
    var rest = changes
    rest.membership.removed = []
    guard !rest.isEmpty || adopts else { return }
    stage = .export
    modified = rest.modifiedProperties(from: group)
    try await export(rest, to: group, desired, writesGroup: adopts || !rest.attributes.isEmpty)
    skip = nil
    noteExport("Updated: \(rest.membership.summary); members who would go wait for the guard.")
  }

  private func kindWarning(_ group: Group) -> [String] {
    guard let kind = group.kind, kind != policy.kind else { return [] }
    return ["The group is \(kind.rawValue), not \(policy.kind.rawValue): the kind of a group that is there is left."]
  }

  private mutating func create(_ desired: DesiredGroup) async throws(Failure) {
    action = .create
    stage = .processing
    recorded = []
    noteEvaluation("To be created.", details: details(of: desired))
    let changes = GroupChanges(
      attributes: desired.attributes,
      membership: desired.membership.difference(from: [], recorded: [], isExact: false))
    modified = changes.modifiedProperties(from: nil)
    stage = .export
    try await beginCreation(named: desired.name)
    let created: Group
    do throws(Failure) {
      created = try await provisioner.target.createGroup(
        desired.kind, desired.attributes, externalKey: externalKey)
    } catch {
      endsCreation = !error.outcomeIsUnknown
      guard error.outcomeIsUnknown || error.code == .conflict else { throw error }
      guard let group = try await provisioner.target.group(named: desired.name),
        // A create whose answer was lost left a group with our key; whatever else has the name was there before.
        !error.outcomeIsUnknown || owner(of: group) == .thisObject
      else { throw try await explained(error, desired) }
      try await takeUp(group)
      modified = []
      noteMatching("Found by name after all.", details: matchingDetails)
      try await update(group, desired)
      return
    }
    endsCreation = true
    group = (created.id, created.name)
    try await export(changes, to: created, desired, writesGroup: false)
    noteExport("Created: \(changes.membership.summary).")
    noteWarnings(desired.warnings)
    settle(created.id, desired)
  }

  private mutating func export(
    _ changes: GroupChanges, to group: Group, _ desired: DesiredGroup, writesGroup: Bool
  ) async throws(Failure) {
    let target = provisioner.target
    try await recordAhead(
      GroupLink(objectID: object, groupID: group.id, targetName: group.name),
      desired.membership.membersAhead(of: recorded))
    var refusal: Failure?
    if writesGroup {
      do throws(Failure) {
        try await target.modifyGroup(group.id, changes.attributes, externalKey: externalKey)
      } catch  where error.code == .conflict && owner(of: group) == .thisObject {
        // A new name that is taken must not keep members from coming and going.
        refusal = try await explained(error, desired)
      }
    }
    let members = changes.membership
    try await concurrently(members.added) { person throws(Failure) in
      try await target.addMember(person, to: group.id)
    }
    try await concurrently(members.removed) { member throws(Failure) in
      try await target.removeMember(member, from: group.id)
    }
    if let refusal { throw refusal }
  }

  /// Says who has the name that xMatters refused.
  private func explained(_ failure: Failure, _ desired: DesiredGroup) async throws(Failure) -> Failure {
    guard failure.code == .conflict else { return failure }
    let isPerson = try await !provisioner.target.people(where: .targetName, equals: desired.name).isEmpty
    var failure = failure
    failure.reason =
      isPerson
      ? "The group's name is taken by a person in xMatters: people and groups share one name space."
      : "The group's name is taken by another group in xMatters, or by a person or group that the account cannot see."
    failure.advice = "Rename the group in the directory, change mappings.groups.name, or free the name in xMatters."
    return failure
  }

  // MARK: Record

  /// The group is as it ought to be.
  private mutating func settle(_ id: GroupID, _ desired: DesiredGroup) {
    let link = GroupLink(objectID: object, groupID: id, digest: desired.digest, targetName: desired.name)
    let members = desired.membership.members
    let isKnown = change.link == .unchanged
    change = GroupChange(
      link: isKnown && link == linkBefore ? .unchanged : .set(link),
      members: isKnown && linkBefore?.groupID == id && members == recorded ? nil : members)
  }
}
