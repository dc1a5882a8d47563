package import ProvisioningModel

/// What came of provision on demand, for people: the five steps of each object with their details.
package struct OnDemandReport: Sendable {
  private let entries: [ProvisioningLogEntry]
  private let dryRun: Bool

  package init(_ entries: [ProvisioningLogEntry], dryRun: Bool) {
    self.entries = entries
    self.dryRun = dryRun
  }

  /// Whether nothing failed.
  package var succeeded: Bool { entries.allSatisfy { $0.failure == nil } }

  package func forEachLine(_ write: (String) -> Void) {
    for entry in entries {
      write(entry.headline)
      for line in lines(of: entry.steps) { write(line) }
      entry.detailLines.forEach(write)
      write("")
    }
    let failed = entries.count { $0.failure != nil }
    let objects = "\(entries.count) \(entries.count == 1 ? "object" : "objects")"
    write(dryRun ? "\(objects), \(failed) would fail. Nothing was written." : "\(objects), \(failed) failed.")
  }

  private func lines(of steps: [ProvisioningLogEntry.Step]) -> [String] {
    var lines: [String] = []
    var number = 0
    var last: ProvisioningLogEntry.StepKind?
    for step in steps {
      if step.kind != last { number += 1 }
      last = step.kind
      lines.append("  \(number) \(Self.title(step.kind)): \(step.description)\(Self.mark(step.status))")
      let width = step.details.keys.map(\.count).max() ?? 0
      for (name, value) in step.details.sorted(by: { $0.key < $1.key }) {
        lines.append("       \(name)\(String(repeating: " ", count: width - name.count))  \(value)")
      }
    }
    return lines
  }

  private static func title(_ kind: ProvisioningLogEntry.StepKind) -> String {
    switch kind {
    case .import: "Import"
    case .scoping: "Determine if in scope"
    case .matching: "Match"
    case .processing, .referenceResolution: "Evaluate"
    case .export: "Perform action"
    }
  }

  private static func mark(_ status: ProvisioningLogEntry.Status) -> String {
    status == .success ? "" : " [\(status.rawValue)]"
  }
}
