/// Which entries of the provisioning log are asked for. What is nil does not narrow the answer.
package struct ProvisioningLogQuery: Hashable, Sendable {
  package var status: ProvisioningLogEntry.Status?
  package var action: ProvisioningLogEntry.Action?
  package var objectID: ObjectID?
  package var cycleID: String?
  /// Stands in the names or ids of source and target, or in the error code; letter case does not matter.
  package var search: String?
  /// The earliest moment, itself included.
  package var since: Timestamp?
  /// The moment before which an entry has to be.
  package var until: Timestamp?
  /// Goes on after the page that ended here.
  package var after: ProvisioningLogPage.Position?
  package var limit: Int

  package init(
    status: ProvisioningLogEntry.Status? = nil, action: ProvisioningLogEntry.Action? = nil, objectID: ObjectID? = nil,
    cycleID: String? = nil, search: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil,
    after: ProvisioningLogPage.Position? = nil, limit: Int
  ) {
    self.status = status
    self.action = action
    self.objectID = objectID
    self.cycleID = cycleID
    self.search = search
    self.since = since
    self.until = until
    self.after = after
    self.limit = limit
  }
}

/// A part of the provisioning log, the newest entries first.
package struct ProvisioningLogPage: Hashable, Sendable {
  /// A place in the log that stays the same while entries come and go: the last entry of a page.
  package struct Position: Hashable, Sendable {
    package var time: Timestamp
    /// Tells entries of one moment apart.
    package var sequence: Int64

    package init(time: Timestamp, sequence: Int64) {
      self.time = time
      self.sequence = sequence
    }
  }

  package var entries: [ProvisioningLogEntry]
  /// Where the next page begins; nil when this is the last one.
  package var next: Position?

  package init(entries: [ProvisioningLogEntry], next: Position?) {
    self.entries = entries
    self.next = next
  }
}

extension ProvisioningLogEntry {
  /// What `ProvisioningLogQuery.search` looks into, in lower case.
  package var searchText: String {
    [sourceName, targetName, objectID.rawValue, targetID?.rawValue, failure?.code.rawValue]
      .compactMap { $0?.lowercased() }.joined(separator: "\n")
  }
}

extension State {
  /// The newest entries of the provisioning log first.
  package func log(limit: Int) async throws(Failure) -> [ProvisioningLogEntry] {
    try await log(ProvisioningLogQuery(limit: limit)).entries
  }
}
