import ProvisioningModel
import Storage
import TestSupport
import Testing

@Suite("The audit log on disk")
struct AuditStateTests {
  private static func entry(_ number: Int) -> AuditEntry {
    AuditEntry(
      id: "order-\(number)", time: FixedClock.start + .seconds(number), actor: "admin token",
      address: number == 1 ? nil : "192.0.2.7", action: "pauseJob", objectIDs: (0..<number).map { .sample($0) },
      status: 204, result: .success)
  }

  @Test("Given orders, the newest comes first, in pages; a reopened file has them all")
  func pages() async throws {
    try await withStatePath { path in
      let before = try SQLiteState(path: path, now: FixedClock.start)
      for number in 1...3 { try await before.record(Self.entry(number)) }
      before.close()
      let state = try SQLiteState(path: path, now: FixedClock.start)
      let first = try await state.audit(after: nil, limit: 2)
      #expect(first.entries == [Self.entry(3), Self.entry(2)])
      let second = try await state.audit(after: first.next, limit: 2)
      #expect(second == AuditPage(entries: [Self.entry(1)], next: nil))
      state.close()
    }
  }

  @Test("Given the age of the provisioning log, older orders go with it")
  func pruned() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: FixedClock.start)
      for number in 1...3 { try await state.record(Self.entry(number)) }
      try await state.pruneLog(before: FixedClock.start + .seconds(2), keeping: 10)
      #expect(try await state.audit(after: nil, limit: 10).entries.map(\.id) == ["order-3", "order-2"])
      try await state.pruneLog(before: FixedClock.start, keeping: 1)
      #expect(try await state.audit(after: nil, limit: 10).entries.map(\.id) == ["order-3"])
      state.close()
    }
  }
}
