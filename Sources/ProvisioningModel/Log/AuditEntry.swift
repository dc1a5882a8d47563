/// An order that a caller gave over the admin API, and what became of it.
package struct AuditEntry: Hashable, Sendable {
  package enum Result: String, Hashable, Sendable, CaseIterable {
    case success
    /// The caller may not order.
    case refused
    /// Wrong, or not possible now.
    case failed
  }

  /// More ids than these are counted by the order itself; the entry holds the first of them.
  package static let maxObjectIDs = 1000

  package var id: String
  package var time: Timestamp
  /// The name of the token or of the account.
  package var actor: String
  /// Of the connection; nil when it is not known.
  package var address: String?
  /// What was ordered, such as `pauseJob`.
  package var action: String
  /// The objects that the order names.
  package var objectIDs: [ObjectID]
  /// The status of the HTTP answer.
  package var status: Int
  package var result: Result

  package init(
    id: String, time: Timestamp, actor: String, address: String?, action: String, objectIDs: [ObjectID], status: Int,
    result: Result
  ) {
    self.id = id
    self.time = time
    self.actor = actor
    self.address = address
    self.action = action
    self.objectIDs = objectIDs
    self.status = status
    self.result = result
  }
}

/// A part of the audit log, the newest entries first.
package struct AuditPage: Hashable, Sendable {
  package var entries: [AuditEntry]
  /// Where the next page begins; nil when this is the last one.
  package var next: Int64?

  package init(entries: [AuditEntry], next: Int64?) {
    self.entries = entries
    self.next = next
  }
}
