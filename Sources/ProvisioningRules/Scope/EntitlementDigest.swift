package import ProvisioningModel

extension Entitlement {
  /// Equal digests mean that the assignments say the same of a user as before, the names of its app roles included; nil when it is not
  /// assigned at all.
  package var digest: UInt64? {
    var hash = StableHash()
    switch self {
    case .notAssigned: return nil
    case .defaultAccessOnly: hash.combine("defaultAccessOnly")
    case .assigned(let roles):
      for role in roles {
        hash.combine(role.id.rawValue)
        hash.combine(role.value ?? "")
        hash.combine(role.displayName)
      }
    }
    return hash.value
  }
}

extension AssignmentBook {
  /// The groups whose assignment counts, with what it says.
  package var groupDigests: [ObjectID: UInt64] {
    Dictionary(
      uniqueKeysWithValues: entitledGroups.compactMap { group in
        entitlement(ofGroup: group).digest.map { (group, $0) }
      })
  }

  /// The users whose assignments differ from these digests: assigned since, unassigned since, with other roles. Left
  /// out is who is still to be confirmed: the read that does it names them.
  package func users(differingFrom digests: [ObjectID: UInt64]) -> Set<ObjectID> {
    var differing = Set(everybody.lazy.filter { entitlement(of: $0).digest != digests[$0] })
    for (user, digest) in digests where !isUnresolved(user) && entitlement(of: user).digest != digest {
      differing.insert(user)
    }
    return differing
  }
}
