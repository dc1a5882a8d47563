/// A removal that waits for a person's decision.
package struct HeldRemoval: Hashable, Sendable {
  package var objectID: ObjectID
  package var kind: ObjectKind
  package var action: LeaveAction
  package var since: Timestamp
  /// A person has let it through.
  package var isReleased: Bool
  /// Who loses something by the removal of a group, or of members; a user's costs the user.
  package var people: Set<ObjectID>

  package init(
    objectID: ObjectID, kind: ObjectKind, action: LeaveAction, since: Timestamp, isReleased: Bool = false,
    people: Set<ObjectID> = []
  ) {
    self.objectID = objectID
    self.kind = kind
    self.action = action
    self.since = since
    self.isReleased = isReleased
    self.people = people
  }

  package var key: WorkKey { WorkKey(kind, objectID) }
}
