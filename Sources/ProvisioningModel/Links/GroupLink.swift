/// An object connection of a group: which xMatters group a directory group is, and what was last applied to it.
package struct GroupLink: Hashable, Sendable {
  package var objectID: ObjectID
  package var groupID: GroupID
  package var condition: Link.Condition
  /// Of the desired state that was last applied; nil when unknown, which makes the next run compare with xMatters.
  package var digest: UInt64?
  /// The group's target name when last seen, for people to read.
  package var targetName: String?
  package var proof: Link.Proof
  package var orphanSince: Timestamp?
  /// As of a `Link`.
  package var lostSince: Timestamp?

  package init(
    objectID: ObjectID, groupID: GroupID, condition: Link.Condition = .active, digest: UInt64? = nil,
    targetName: String? = nil, proof: Link.Proof = .proven, orphanSince: Timestamp? = nil,
    lostSince: Timestamp? = nil
  ) {
    self.objectID = objectID
    self.groupID = groupID
    self.condition = condition
    self.digest = digest
    self.targetName = targetName
    self.proof = proof
    self.orphanSince = orphanSince
    self.lostSince = lostSince
  }
}

/// A user in a provisioned group: what tells a member that Rollcall added from one that was added by hand.
package struct GroupMember: Hashable, Sendable {
  package var user: ObjectID
  /// The person that Rollcall put into the group for the user; nil while the user is waited for
  /// (docs/decisions/0010-references-in-two-passes.md, "Decision").
  package var person: PersonID?

  package init(user: ObjectID, person: PersonID?) {
    self.user = user
    self.person = person
  }
}

/// What a run of a group leaves behind about its link.
package struct GroupChange: Hashable, Sendable {
  package enum LinkChange: Hashable, Sendable {
    case unchanged
    case set(GroupLink)
    /// The members go with it.
    case remove
  }

  package var link: LinkChange
  /// All of them; nil leaves them as they are.
  package var members: Set<GroupMember>?

  package init(link: LinkChange = .unchanged, members: Set<GroupMember>? = nil) {
    self.link = link
    self.members = members
  }

  package var isEmpty: Bool { link == .unchanged && members == nil }
}
