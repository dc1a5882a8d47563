package import ProvisioningModel

/// The provisioning log as a table: one line an entry, the changes in one cell.
package enum ProvisioningLogCSV {
  package static let columns = [
    "id", "activityDateTime", "cycleId", "provisioningAction", "status", "objectTypeName", "sourceId",
    "sourceDisplayName", "targetId", "targetDisplayName", "durationInMilliseconds", "errorCode", "reason",
    "recommendedAction", "additionalDetails", "modifiedProperties",
  ]

  package static func text(_ entries: [ProvisioningLogEntry]) -> String {
    CSV.line(columns) + entries.map { CSV.line(cells($0)) }.joined()
  }

  private static func cells(_ entry: ProvisioningLogEntry) -> [String] {
    [
      entry.id, entry.time.description, entry.cycleID ?? "", entry.action.rawValue, entry.status.rawValue,
      entry.kind.rawValue, entry.objectID.rawValue, entry.sourceName ?? "", entry.targetID?.rawValue ?? "",
      entry.targetName ?? "", "\(entry.duration.milliseconds)", entry.failure?.code.rawValue ?? "",
      entry.failure?.reason ?? "", entry.failure?.advice ?? "", entry.failure?.exchange?.description ?? "",
      entry.modifiedProperties.map { "\($0.name): \($0.oldValue ?? "") -> \($0.newValue ?? "")" }
        .joined(separator: "; "),
    ]
  }
}
