/// One cycle as Graph's `synchronizationTaskExecution` describes it (Entra provisioning reference, section 9).
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

  /// Takes in a run that belongs to the cycle.
  package mutating func add(_ report: RunReport) {
    // It comes again once the guard has judged, or is held and not done.
    if report.skip == .removalPlanned { return }
    imported += 1
    if report.failure != nil { escrowed += 1 }
    switch (report.skip, report.entry?.action) {
    case (.notInScope?, _), (.alreadyHandled?, _), (.removalPlanned?, _), (.orphan?, _), (nil, .disable?),
      (nil, .delete?),
      (nil, .stagedDelete?):
      break
    case (.notEffectivelyEntitled?, _), (.notActiveInSource?, _), (.importSkipped?, _): entitled += 1
    case (.redundantExport?, _), (nil, _):
      entitled += 1
      entitledForProvisioning += 1
    }
    guard let action = report.entry?.action, action != .other, action != .stagedDelete else { return }
    exports += 1
    if report.failure == nil { exported += 1 }
  }
}
