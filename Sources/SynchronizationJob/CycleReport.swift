package import ProvisioningModel

/// What a cycle did.
package struct CycleReport: Hashable, Sendable {
  package var id: String
  package var kind: CycleKind
  package var began: Timestamp
  package var ended: Timestamp
  /// Objects that were looked at.
  package var objects: Int
  /// Objects that ended as an escrow.
  package var failed: Int
  /// Changes that the delta links told of, and how many of them are of groups.
  package var changes = 0
  package var groupChanges = 0
  package var orphans = OrphanCount()
}
