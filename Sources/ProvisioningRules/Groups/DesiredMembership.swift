package import ProvisioningModel

/// Who ought to be in a group, as far as the members are provisioned. Pure.
package struct DesiredMembership: Hashable, Sendable {
  /// What a direct member of the directory's group is to the group in xMatters.
  package enum Standing: Hashable, Sendable {
    /// Provisioned: this person belongs into the group. Disabled people stay in it, so that enabling them brings back what they were.
    case member(PersonID)
    /// Not provisioned yet, or out of scope: comes in when that changes.
    case awaited
    /// Was put in, and just now it is not known who it is in xMatters, or whether it is to stay there: neither added nor taken out.
    case spared(PersonID)
  }

  package private(set) var standings: [ObjectID: Standing]

  /// - Parameters:
  ///   - users: The direct members, read to the end.
  ///   - links: Those of the users, as far as there are any.
  ///   - recorded: The members as last recorded for this group.
  ///   - leaving: Of those, users who are no members any more and are on the way out of scope.
  package init(
    of users: Set<ObjectID>, links: [Link], recorded: Set<GroupMember>, leaving: Set<ObjectID> = []
  ) {
    standings = Dictionary(uniqueKeysWithValues: users.map { ($0, .awaited) })
    for member in recorded where users.contains(member.user) || leaving.contains(member.user) {
      if let person = member.person { standings[member.user] = .spared(person) }
    }
    for link in links where users.contains(link.objectID) && !link.isLost {
      standings[link.objectID] = link.condition == .released ? .awaited : .member(link.personID)
    }
  }

  package var people: Set<PersonID> {
    Set(standings.values.compactMap { if case .member(let person) = $0 { person } else { nil } })
  }

  /// Those and the members that are spared.
  var staying: Set<PersonID> {
    Set(
      standings.values.compactMap { standing in
        switch standing {
        case .member(let person), .spared(let person): person
        case .awaited: nil
        }
      })
  }

  /// The users who are waited for.
  package var awaited: Set<ObjectID> {
    Set(standings.filter { if case .member = $0.value { false } else { true } }.keys)
  }

  /// What is recorded once the group is as it ought to be.
  package var members: Set<GroupMember> {
    Set(
      standings.map { user, standing in
        switch standing {
        case .member(let person), .spared(let person): GroupMember(user: user, person: person)
        case .awaited: GroupMember(user: user, person: nil)
        }
      })
  }

  /// What is recorded before anything is written: a member that is about to be added must not look as if added by hand should the process end
  /// half-way, and a member that is about to be taken out must not be forgotten.
  package func membersAhead(of recorded: Set<GroupMember>) -> Set<GroupMember> {
    members.union(recorded.filter { standings[$0.user] == nil })
  }

  /// - Parameters:
  ///   - current: The members in xMatters, read to the end.
  ///   - isExact: Takes out members that were added by hand.
  package func difference(
    from current: Set<MemberID>, recorded: Set<GroupMember>, isExact: Bool
  ) -> MembershipDifference {
    let staying = Set(staying.map { MemberID($0) })
    let managed = Set(recorded.compactMap { $0.person.map { MemberID($0) } })
    return MembershipDifference(
      added: people.filter { !current.contains(MemberID($0)) }.sorted { $0.rawValue < $1.rawValue },
      removed: (isExact ? current : current.intersection(managed)).subtracting(staying).sorted())
  }
}

/// What has to be written so that a group has the members that it ought to have.
package struct MembershipDifference: Hashable, Sendable {
  package var added: [PersonID]
  package var removed: [MemberID]

  package init(added: [PersonID] = [], removed: [MemberID] = []) {
    self.added = added
    self.removed = removed
  }

  package var isEmpty: Bool { added.isEmpty && removed.isEmpty }
}
