package import ProvisioningModel

/// What provision on demand is asked for (Graph's `synchronizationJobSubject`).
package struct JobSubject: Hashable, Sendable {
  package var id: ObjectID
  /// A group stands for all of its members, and for itself when groups are provisioned.
  package var kind: ObjectKind

  package init(_ id: ObjectID, _ kind: ObjectKind) {
    self.id = id
    self.kind = kind
  }
}
