import ProvisioningModel
import TestSupport
import Testing
@testable import Service

@Suite("How long the provisioning log is kept")
struct LogRetentionTests {
  private let clock = FixedClock()
  private let state = MemoryState()
  private let age = Duration.seconds(30 * 86_400)

  private func add(_ id: String, _ time: Timestamp) async throws {
    let entry = ProvisioningLogEntry(
      id: id, time: time, cycleID: nil, action: .create, status: .success, duration: .zero, objectID: .sample(1),
      kind: .user, sourceName: nil, targetID: nil, targetName: nil, steps: [], modifiedProperties: [], failure: nil)
    try await state.record(RunRecord(objectID: .sample(1), escrow: .unchanged, entry: entry))
  }

  private func retention(uptime: Duration) async throws -> LogRetention {
    try await LogRetention(state: state, age: age, clock: clock, uptime: Uptime { uptime })
  }

  @Test("Given entries beyond the age, they go; the others stay")
  func age() async throws {
    try await add("old", FixedClock.start - .seconds(31 * 86_400))
    try await add("new", FixedClock.start)
    try await retention(uptime: .zero).apply()
    #expect(state.entries.map(\.id) == ["new"])
  }

  @Test("Given a clock that jumped ahead by more than the age, nothing goes for it")
  func jumpedAhead() async throws {
    try await add("old", FixedClock.start - .seconds(29 * 86_400))
    try await add("new", FixedClock.start)
    clock.advance(by: .seconds(400 * 86_400))
    try await retention(uptime: .seconds(3600)).apply()
    #expect(state.entries.map(\.id).sorted() == ["new", "old"])
  }
}
