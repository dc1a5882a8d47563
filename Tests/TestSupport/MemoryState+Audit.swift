package import ProvisioningModel

extension MemoryState {
  package func record(_ order: AuditEntry) async throws(Failure) {
    try await access(.record) { storage in storage.audit.append(order) }
  }

  package func audit(after position: Int64?, limit: Int) async throws(Failure) -> AuditPage {
    try await access(.readState) { storage in
      let end = position.map { Int($0) } ?? storage.audit.count
      let begin = max(0, end - limit)
      return AuditPage(entries: storage.audit[begin..<end].reversed(), next: begin > 0 ? Int64(begin) : nil)
    }
  }
}
