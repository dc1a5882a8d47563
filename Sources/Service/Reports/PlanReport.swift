import ProvisioningRules
import JSON
import ProvisioningModel
package import Reconciler

/// A plan for people and for programs.
package struct PlanReport: Sendable {
  private let plan: Plan
  private let job: JobIdentity
  /// Also those who would be left as they are.
  private let listsSkips: Bool

  package init(_ plan: Plan, _ job: JobIdentity, listsSkips: Bool) {
    self.plan = plan
    self.job = job
    self.listsSkips = listsSkips
  }

  // MARK: For people

  /// Line by line, the counts last.
  package func forEachLine(_ write: (String) -> Void) {
    for entry in plan.changes + plan.failures {
      write(entry.headline)
      entry.detailLines.forEach(write)
    }
    if listsSkips {
      for skip in plan.skips {
        write("\(ProvisioningLogEntry.column("skip"))\(skip.displayName): \(skip.reason.explanation)")
      }
    }
    if !plan.isEmpty || listsSkips && !plan.skips.isEmpty { write("") }
    write(summary)
  }

  private var summary: String {
    let counts = plan.counts
    var parts = [
      ("create", ProvisioningLogEntry.Action.create), ("update", .update), ("disable", .disable), ("delete", .delete),
    ]
    .map { "\(counts[$0.1] ?? 0) to \($0.0)" }
    if let held = counts[.stagedDelete] { parts.append("\(held) removals to be held") }
    parts.append("\(plan.failures.count) would fail")
    parts.append("\(plan.skips.count) to be left as they are")
    return "Plan: \(parts.joined(separator: ", ")). Nothing was written."
  }

  // MARK: For programs

  /// `{"counts": {...}, "value": [provisioningObjectSummary], "skipped": [...]}`, piece by piece: the whole may be large.
  package func forEachPieceOfJSON(_ write: (String) -> Void) {
    write("{\"counts\":\(counts.text),\"value\":[")
    pieces((plan.changes + plan.failures).lazy.map { $0.summary(job).text }, write)
    if listsSkips {
      write("],\"skipped\":[")
      pieces(plan.skips.lazy.map(\.json.text), write)
    }
    write("]}\n")
  }

  private var counts: JSONValue {
    var counts: [String: JSONValue] = [
      "failure": .integer(Int64(plan.failures.count)), "skipped": .integer(Int64(plan.skips.count)),
    ]
    for action in ProvisioningLogEntry.Action.allCases {
      counts[action.rawValue] = .integer(Int64(plan.counts[action] ?? 0))
    }
    return .object(counts)
  }

  private func pieces(_ texts: some Sequence<String>, _ write: (String) -> Void) {
    var isFirst = true
    for text in texts {
      write(isFirst ? "\n" + text : ",\n" + text)
      isFirst = false
    }
  }
}

extension Plan.Skip {
  fileprivate var json: JSONValue {
    [
      "objectId": .string(objectID.rawValue), "displayName": .string(displayName), "reason": .string(reason.rawValue),
      "description": .string(reason.explanation),
    ]
  }
}

extension ProvisioningLogEntry {
  static func column(_ text: String) -> String {
    text + String(repeating: " ", count: max(1, 9 - text.count))
  }

  /// What becomes of each person or group.
  var headline: String {
    let verb =
      if failure != nil {
        "fail"
      } else if action == .stagedDelete {
        "held"
      } else {
        status == .skipped ? "skip" : action.rawValue
      }
    var who = displayName
    if let sourceName, sourceName != who { who += " (\(sourceName))" }
    if displayName != objectID.rawValue { who += " \(objectID)" }
    return Self.column(verb) + who
  }

  /// Values old to new, what went wrong, and warnings.
  var detailLines: [String] {
    var lines: [String] = []
    if let failure {
      lines.append("         \(failure.code.rawValue): \(failure.reason)")
      lines.append("         \(failure.advice)")
      if let exchange = failure.exchange { lines.append("         \(exchange.description)") }
    }
    let width = modifiedProperties.map(\.name.count).max() ?? 0
    for property in modifiedProperties {
      let name = property.name + String(repeating: " ", count: width - property.name.count)
      lines.append("         \(name)  \(property.oldValue ?? "-") -> \(property.newValue ?? "-")")
    }
    for step in steps where step.status == .warning { lines.append("         warning: \(step.description)") }
    return lines
  }
}
