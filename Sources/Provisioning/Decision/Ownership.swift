/// Whether a matching account that was not made by Rollcall may be taken up.
package enum OwnershipPolicy: String, Hashable, Sendable, CaseIterable {
  /// An account that nobody owns is adopted.
  case adopt
  /// It is left alone and reported.
  case strict
}

/// Whose a person is, judged by its external key.
package enum Owner: Hashable, Sendable {
  case thisUser
  case otherUser(ObjectID)
  /// No external key.
  case nobody
  /// An external key of some other system.
  case otherSystem

  package init(of person: Person, for user: ObjectID, policy: MappingPolicy) {
    guard let key = person.externalKey, !key.isEmpty else {
      self = .nobody
      return
    }
    switch policy.user(ofExternalKey: key) {
    case user: self = .thisUser
    case let other?: self = .otherUser(other)
    case nil: self = .otherSystem
    }
  }
}
