/// The part of the state's port that keeps who ordered what. Entries go with the provisioning log's age, by `pruneLog`.
package protocol AuditState: Sendable {
  func record(_ order: AuditEntry) async throws(Failure)
  /// - Parameter position: `AuditPage.next` of the page before; nil begins with the newest entry.
  func audit(after position: Int64?, limit: Int) async throws(Failure) -> AuditPage
}
