/// A removal that the guard has let through, or that was carried out; it counts until the window has passed it.
package struct CountedRemoval: Hashable, Sendable {
  package var objectID: ObjectID
  package var kind: ObjectKind
  /// When it was let through; once carried out, when that was.
  package var at: Timestamp
  package var isCarriedOut: Bool

  package init(objectID: ObjectID, kind: ObjectKind, at: Timestamp, isCarriedOut: Bool) {
    self.objectID = objectID
    self.kind = kind
    self.at = at
    self.isCarriedOut = isCarriedOut
  }
}
