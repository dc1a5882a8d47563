/// A complete listing of people, for the length of one full cycle: spares a request per person. Each person is handed out once;
/// whoever asks again reads xMatters.
package actor PeopleSnapshot {
  package enum Answer: Sendable {
    case found(Person)
    /// The listing was read to its end and had no such person.
    case notListed
    /// There is no listing, or it was used: ask xMatters.
    case unknown
  }

  private var isListed = false
  private var people: [PersonID: Person] = [:]
  private var byName: [MatchingValue: PersonID] = [:]
  private var used: Set<PersonID> = []

  package init() {}

  /// Lists everybody. On a failure there is no snapshot at all.
  /// - Returns: The user and person of every external key that is ours.
  package func fill(from target: any Target, policy: MappingPolicy) async throws(Failure) -> [Link] {
    clear()
    var listed: [PersonID: Person] = [:]
    try await target.forEachPerson { listed[$0.id] = $0 }
    people = listed
    for person in listed.values {
      for attribute in [TargetAttribute.targetName, .webLogin] {
        if let name = person.attributes[attribute]?.text {
          byName[MatchingValue(attribute: attribute, value: name.lowercased())] = person.id
        }
      }
    }
    isListed = true
    return listed.values.compactMap { person in
      policy.object(ofExternalKey: person.externalKey).map { user in
        Link(objectID: user, personID: person.id, condition: person.condition, targetName: person.targetName)
      }
    }
  }

  package func clear() {
    isListed = false
    people = [:]
    byName = [:]
    used = []
  }

  package var isEmpty: Bool { !isListed }

  /// Whether the listing was read to its end and had no such person.
  package func isMissing(_ id: PersonID) -> Bool {
    isListed && people[id] == nil && !used.contains(id)
  }

  package func take(_ id: PersonID) -> Answer {
    guard isListed, !used.contains(id) else { return .unknown }
    guard let person = people.removeValue(forKey: id) else { return .notListed }
    used.insert(id)
    return .found(person)
  }

  package func take(where value: MatchingValue) -> Answer {
    guard isListed, value.attribute == .targetName || value.attribute == .webLogin else { return .unknown }
    guard let id = byName[MatchingValue(attribute: value.attribute, value: value.value.lowercased())] else {
      return .notListed
    }
    return take(id)
  }
}

extension Person {
  /// Nobody knows any more why an inactive person is inactive: if it was unassigned, no delete may follow.
  fileprivate var condition: Link.Condition {
    attributes[.status] == PersonStatus.inactive ? .released : .active
  }
}
