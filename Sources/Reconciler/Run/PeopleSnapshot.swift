package import ProvisioningModel
package import ProvisioningRules

/// A complete listing of people, for the length of one full cycle: spares a request per person. Each person is handed out once;
/// another request reads xMatters.
package actor PeopleSnapshot {
  package enum Answer: Sendable {
    case found(Person)
    /// The listing was read to its end and had no such person.
    case notListed
    /// There is no listing, or it was used: ask xMatters.
    case unknown
  }

  /// Nil while there is none.
  private var listed: PackedPeople?
  /// Created since it was listed, or meanwhile.
  private var added: Set<PersonID> = []
  /// The people that runs have written to while they were being listed; nil while none are.
  private var outdated: Set<PersonID>?

  package init() {}

  /// Lists everybody. On a failure there is no snapshot at all.
  /// - Parameter known: Users that need no link.
  /// - Returns: The user and person of every other external key that is ours.
  package func fill(
    from target: any Target, policy: MappingPolicy, besides known: Set<ObjectID> = [],
    except isLeftAlone: @Sendable (Person) -> Bool = { _ in false }
  ) async throws(Failure) -> [Link] {
    clear()
    outdated = []
    defer { outdated = nil }
    var people = PackedPeople()
    var links: [Link] = []
    try await target.forEachPerson { person in
      people.add(person)
      if isLeftAlone(person) { return }
      guard let user = policy.object(ofExternalKey: person.externalKey), !known.contains(user) else { return }
      links.append(
        Link(
          objectID: user, personID: person.id, condition: person.condition, targetName: person.targetName,
          proof: .unproven))
    }
    for id in outdated ?? [] { _ = people.take(id) }
    listed = people
    return links
  }

  package func clear() {
    listed = nil
    added = []
  }

  package func add(_ created: PersonID) {
    if listed != nil || outdated != nil { added.insert(created) }
  }

  /// To be called once something was written to a person: what was listed may be older.
  package func outdate(_ id: PersonID) {
    outdated?.insert(id)
    _ = listed?.take(id)
  }

  package var isEmpty: Bool { listed == nil }

  /// Whether the listing was read to its end and had no such person.
  package func isMissing(_ id: PersonID) -> Bool {
    listed.map { !$0.contains(id) && !added.contains(id) } ?? false
  }

  /// Whether the listing has a person with this target name or web login, handed out or not.
  func lists(_ name: String) -> Bool {
    listed?.contains(name: name) ?? false
  }

  package func take(_ id: PersonID) -> Answer {
    answer(listed?.take(id))
  }

  package func take(where value: MatchingValue) -> Answer {
    guard value.attribute == .targetName || value.attribute == .webLogin else { return .unknown }
    return answer(listed?.take(where: value.attribute, equals: value.value))
  }

  private func answer(_ answer: PackedPeople.Answer?) -> Answer {
    switch answer {
    case .found(let person): .found(person)
    case .absent: .notListed
    case .taken, nil: .unknown
    }
  }
}

extension Person {
  /// It is not known any more why an inactive person is inactive: if it was unassigned, no delete may follow.
  fileprivate var condition: Link.Condition {
    attributes[.status] == PersonStatus.inactive ? .released : .active
  }
}
