/// What a cycle has counted, named as in Graph's `synchronizationTaskExecution`.
package struct CycleCounts: Hashable, Sendable {
  /// Objects that were looked at.
  package var imported = 0
  /// Changes that the delta links told of, and how many of them are of groups.
  package var importedDeltas = 0
  package var importedReferenceDeltas = 0
  /// Of the objects looked at, those that are assigned or otherwise in scope; and those of them that may be provisioned.
  package var entitled = 0
  package var entitledForProvisioning = 0
  /// Objects that xMatters had to be written to for, and those of them for which it went well.
  package var exports = 0
  package var exported = 0
  package var escrowed = 0

  package init() {}
}
