/// A person or group in xMatters with an external key of ours and no object in this directory. Left alone and reported: the key may be of
/// another tenant, or of an object that was deleted for good before the state was lost.
package struct Orphan: Hashable, Sendable {
  package var objectID: ObjectID
  package var kind: ObjectKind
  package var targetID: TargetID
  package var targetName: String?
  package var firstSeen: Timestamp
  /// The directory has known the object, and it is gone for good.
  package var wasKnown: Bool

  package init(
    objectID: ObjectID, kind: ObjectKind, targetID: TargetID, targetName: String?, firstSeen: Timestamp,
    wasKnown: Bool = false
  ) {
    self.objectID = objectID
    self.kind = kind
    self.targetID = targetID
    self.targetName = targetName
    self.firstSeen = firstSeen
    self.wasKnown = wasKnown
  }
}

extension ObjectConnection {
  /// Nil when the link is none of an orphan.
  package var orphan: Orphan? {
    switch self {
    case .user(let link):
      link.orphanSince.map {
        Orphan(
          objectID: link.objectID, kind: .user, targetID: TargetID(link.personID), targetName: link.targetName,
          firstSeen: $0, wasKnown: link.proof == .proven)
      }
    case .group(let link):
      link.orphanSince.map {
        Orphan(
          objectID: link.objectID, kind: .group, targetID: TargetID(link.groupID), targetName: link.targetName,
          firstSeen: $0, wasKnown: link.proof == .proven)
      }
    }
  }
}
