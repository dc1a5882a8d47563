/// A removal that waits for an operator's decision, or on which one was made.
package struct HeldRemoval: Hashable, Sendable {
  package enum State: String, Hashable, Sendable, CaseIterable {
    /// It waits.
    case held
    /// It is not to be made as long as its reason stays the same.
    case kept
    /// It may be made.
    case released
  }

  package var objectID: ObjectID
  package var kind: ObjectKind
  package var action: LeaveAction
  package var reason: RemovalReason
  /// What decided, in words: the assignment, the filter clause or the state of the directory.
  package var detail: String
  package var displayName: String?
  package var cycleID: String?
  /// When it was first held; it never moves.
  package var since: Timestamp
  package var state: State
  /// Who loses something by the removal of a group, or of members; a user's costs the user.
  package var people: Set<ObjectID>

  package init(
    objectID: ObjectID, kind: ObjectKind, action: LeaveAction, reason: RemovalReason = .unassigned, detail: String = "",
    displayName: String? = nil, cycleID: String? = nil, since: Timestamp, state: State = .held,
    people: Set<ObjectID> = []
  ) {
    self.objectID = objectID
    self.kind = kind
    self.action = action
    self.reason = reason
    self.detail = detail
    self.displayName = displayName
    self.cycleID = cycleID
    self.since = since
    self.state = state
    self.people = people
  }

  package var key: WorkKey { WorkKey(kind, objectID) }

  /// How many people lose something.
  package var cost: Int { max(1, people.count) }
}
