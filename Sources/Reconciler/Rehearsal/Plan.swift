package import ProvisioningModel
package import ProvisioningRules

/// What a cycle would do, object by object: gathered from the reports of a rehearsed one.
package struct Plan: Hashable, Sendable {
  /// A user or group that would be left as it is.
  package struct Skip: Hashable, Sendable {
    package var objectID: ObjectID
    package var displayName: String
    package var reason: SkipReason
  }

  /// One entry per object; runs of one object are merged into what they do together.
  private var entries: [ObjectID: ProvisioningLogEntry] = [:]
  private var skipped: [ObjectID: Skip] = [:]

  package init() {}

  /// Takes in what became of one run.
  package mutating func note(_ report: RunReport) {
    let id = report.record.objectID
    let earlier = entries[id]
    if report.skip == .removalPlanned {
      // It stays if the guard holds it; otherwise the run that carries it out takes its place.
      skipped[id] = nil
      entries[id] = report.account
    } else if let reason = report.skip {
      // What an earlier run of the object did still stands; what it failed at does not.
      if let earlier, earlier.failure == nil, earlier.action != .stagedDelete { return }
      entries[id] = nil
      skipped[id] = Skip(objectID: id, displayName: report.account.displayName, reason: reason)
    } else {
      var entry = report.account
      // The rest is the same for everybody and would fill the memory.
      entry.steps = entry.steps.filter { $0.status == .warning || $0.status == .failure }
      skipped[id] = nil
      entries[id] = earlier?.merged(with: entry) ?? entry
    }
  }

  /// What would be written, by action and name.
  package var changes: [ProvisioningLogEntry] { sorted { $0.failure == nil } }
  /// What would fail.
  package var failures: [ProvisioningLogEntry] { sorted { $0.failure != nil } }
  /// Who would be left as they are, by name.
  package var skips: [Skip] {
    skipped.values.sorted { ($0.displayName, $0.objectID) < ($1.displayName, $1.objectID) }
  }

  /// Nothing would be written, and nothing would fail.
  package var isEmpty: Bool { entries.isEmpty }

  /// How many objects each action would be taken for; failures are not counted.
  package var counts: [ProvisioningLogEntry.Action: Int] {
    entries.values.lazy.filter { $0.failure == nil }.reduce(into: [:]) { $0[$1.action, default: 0] += 1 }
  }

  private func sorted(_ isIncluded: (ProvisioningLogEntry) -> Bool) -> [ProvisioningLogEntry] {
    entries.values.filter(isIncluded).sorted {
      ($0.action.order, $0.displayName, $0.objectID) < ($1.action.order, $1.displayName, $1.objectID)
    }
  }
}

extension ProvisioningLogEntry {
  /// Both runs as one, from before the first to after the second.
  fileprivate func merged(with later: ProvisioningLogEntry) -> ProvisioningLogEntry {
    // Something that failed for the moment and then went well, or the other way round: the last word counts.
    guard failure == nil, later.failure == nil, action != .stagedDelete else { return later }
    var merged = later
    if action == .create, later.action == .update { merged.action = .create }
    if later.status == .success { merged.status = status }
    merged.steps = steps + later.steps
    var properties = modifiedProperties
    for property in later.modifiedProperties {
      if let index = properties.firstIndex(where: { $0.name == property.name }) {
        properties[index].newValue = property.newValue
      } else {
        properties.append(property)
      }
    }
    merged.modifiedProperties = properties.filter { $0.oldValue != $0.newValue }.sorted { $0.name < $1.name }
    return merged
  }

  /// What people know the object by.
  package var displayName: String { targetName ?? sourceName ?? objectID.rawValue }
}

extension ProvisioningLogEntry.Action {
  fileprivate var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
