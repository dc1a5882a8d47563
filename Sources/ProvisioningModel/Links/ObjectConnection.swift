/// A link between an object of the directory and what it is in xMatters, of either kind. The directory's ids are unique over all kinds.
package enum ObjectConnection: Hashable, Sendable {
  case user(Link)
  case group(GroupLink)

  package var objectID: ObjectID {
    switch self {
    case .user(let link): link.objectID
    case .group(let link): link.objectID
    }
  }
}

/// What the links of users and of groups have in common.
package protocol ConditionedLink {
  var condition: Link.Condition { get set }
  var digest: UInt64? { get set }
  var proof: Link.Proof { get set }
  var orphanSince: Timestamp? { get set }
  var lostSince: Timestamp? { get set }
}

extension Link: ConditionedLink {}
extension GroupLink: ConditionedLink {}

extension ConditionedLink {
  /// As one of which it is not known what is applied, so that the next run compares with xMatters.
  package func withoutDigest(_ condition: Link.Condition? = nil) -> Self {
    var link = self
    link.condition = condition ?? self.condition
    link.digest = nil
    return link
  }

  /// Whether xMatters has said that the person or group is not there, and no listing has decided yet. What it was is kept until then: one
  /// answer is no proof.
  package var isLost: Bool { lostSince != nil }

  package func lost(at now: Timestamp) -> Self {
    var link = withoutDigest()
    link.lostSince = lostSince ?? now
    return link
  }

  /// Whether it is still to be asked if the directory knows the object.
  package var isUnexamined: Bool { proof == .unproven && orphanSince == nil }

  /// After the directory was asked for the object.
  /// - Parameter isKnown: It is there, or in the recycle bin.
  package func examined(isKnown: Bool, at now: Timestamp) -> Self {
    guard proof == .unproven else { return self }
    var link = self
    if isKnown {
      (link.proof, link.orphanSince) = (.proven, nil)
    } else {
      link.orphanSince = link.orphanSince ?? now
    }
    return link
  }
}
