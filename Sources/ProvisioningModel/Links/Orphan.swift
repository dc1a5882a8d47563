/// A person or group in xMatters with an external key of ours whose object this directory has never known. Left alone and reported: the
/// key may be of another tenant, or of an object that was deleted for good before the state was lost.
package struct Orphan: Hashable, Sendable {
  package var objectID: ObjectID
  package var kind: ObjectKind
  package var targetID: TargetID
  package var targetName: String?
  package var firstSeen: Timestamp

  package init(objectID: ObjectID, kind: ObjectKind, targetID: TargetID, targetName: String?, firstSeen: Timestamp) {
    self.objectID = objectID
    self.kind = kind
    self.targetID = targetID
    self.targetName = targetName
    self.firstSeen = firstSeen
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
          firstSeen: $0)
      }
    case .group(let link):
      link.orphanSince.map {
        Orphan(
          objectID: link.objectID, kind: .group, targetID: TargetID(link.groupID), targetName: link.targetName,
          firstSeen: $0)
      }
    }
  }
}
