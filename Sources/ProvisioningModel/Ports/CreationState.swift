/// The part of the port to what outlives the process that keeps what a run has begun to create in xMatters: should nothing more be
/// heard of the process, nothing else leads from the user or group to it. A run that has seen the end takes the record away
/// (`RunRecord.endsCreation`).
package protocol CreationState: Sendable {
  func creations() async throws(Failure) -> [Creation]
  /// Adds records, or replaces those of the same objects.
  func add(creations: [Creation]) async throws(Failure)
  func forget(creationsOf objects: [ObjectID]) async throws(Failure)
}

/// A person or group that a request, or a file of many people, was to create.
package struct Creation: Hashable, Sendable {
  package var object: ObjectID
  package var kind: ObjectKind
  package var targetName: String
  package var at: Timestamp
  /// A person of a file carries no external key until it is claimed (docs/reference/xmatters-api.md, "User upload").
  package var isByFile: Bool

  package init(_ object: ObjectID, kind: ObjectKind = .user, targetName: String, at: Timestamp, isByFile: Bool = false)
  {
    self.object = object
    self.kind = kind
    self.targetName = targetName
    self.at = at
    self.isByFile = isByFile
  }
}
