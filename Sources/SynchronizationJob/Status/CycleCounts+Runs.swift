import ProvisioningRules
package import ProvisioningModel
package import Reconciler

extension CycleCounts {
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
