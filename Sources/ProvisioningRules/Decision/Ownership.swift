package import ProvisioningModel

/// Whether a matching account that was not made by Rollcall may be taken up.
package enum OwnershipPolicy: String, Hashable, Sendable, CaseIterable {
  /// An account without an owner is adopted.
  case adopt
  /// It is left alone and reported.
  case strict
}

/// Whose a person or group is, judged by its external key.
package enum Owner: Hashable, Sendable {
  case thisObject
  case otherObject(ObjectID)
  /// No external key.
  case nobody
  /// An external key of some other system.
  case otherSystem

  package init(of person: Person, for user: ObjectID, policy: MappingPolicy) {
    self.init(ofExternalKey: person.externalKey, for: user, policy: policy)
  }

  package init(ofExternalKey key: String?, for object: ObjectID, policy: MappingPolicy) {
    guard let key, !key.isEmpty else {
      self = .nobody
      return
    }
    switch policy.object(ofExternalKey: key) {
    case object: self = .thisObject
    case let other?: self = .otherObject(other)
    case nil: self = .otherSystem
    }
  }
}
