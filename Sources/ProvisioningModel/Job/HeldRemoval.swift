/// A removal that waits for a person's decision.
package struct HeldRemoval: Hashable, Sendable {
  package var objectID: ObjectID
  package var kind: ObjectKind
  package var action: LeaveAction
  package var since: Timestamp
  /// A person has let it through.
  package var isReleased: Bool

  package init(objectID: ObjectID, kind: ObjectKind, action: LeaveAction, since: Timestamp, isReleased: Bool = false) {
    self.objectID = objectID
    self.kind = kind
    self.action = action
    self.since = since
    self.isReleased = isReleased
  }

  package var key: WorkKey { WorkKey(kind, objectID) }
}
