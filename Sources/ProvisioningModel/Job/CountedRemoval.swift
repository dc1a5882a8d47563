/// A removal that the guard has let through, or that was carried out; it counts until the window has passed it.
package struct CountedRemoval: Hashable, Sendable {
  package var objectID: ObjectID
  package var kind: ObjectKind
  /// When it was let through; once carried out, when that was.
  package var at: Timestamp
  package var isCarriedOut: Bool
  /// As of a `HeldRemoval`.
  package var people: Set<ObjectID>

  package init(
    objectID: ObjectID, kind: ObjectKind, at: Timestamp, isCarriedOut: Bool, people: Set<ObjectID> = []
  ) {
    self.objectID = objectID
    self.kind = kind
    self.at = at
    self.isCarriedOut = isCarriedOut
    self.people = people
  }
}
