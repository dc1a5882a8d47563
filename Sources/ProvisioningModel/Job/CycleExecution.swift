/// One cycle as Graph's `synchronizationTaskExecution` describes it (docs/reference/entra-provisioning.md, "Job resource").
package struct CycleExecution: Hashable, Sendable {
  package enum State: String, Hashable, Sendable {
    case succeeded = "Succeeded"
    case failed = "Failed"
    /// It came to its end, and some objects became escrows.
    case entryLevelErrors = "EntryLevelErrors"
  }

  package var id: String
  package var kind: CycleKind
  package var began: Timestamp
  /// Nil while it runs.
  package var ended: Timestamp?
  package var counts = CycleCounts()
  /// What ended it before its time.
  package var failure: Failure?

  package init(id: String, kind: CycleKind, began: Timestamp) {
    self.id = id
    self.kind = kind
    self.began = began
  }

  package var state: State {
    if failure != nil { return .failed }
    return counts.escrowed > 0 ? .entryLevelErrors : .succeeded
  }
}
