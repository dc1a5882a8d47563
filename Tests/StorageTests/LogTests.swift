import Foundation
import ProvisioningModel
import Storage
import TestSupport
import Testing

@Suite("The provisioning log on SQLite")
struct LogTests {
  private typealias Entry = ProvisioningLogEntry

  /// Entries whose times repeat and go back, as those of runs that end in another order than they began.
  private static func entries(_ count: Int, seed: UInt64) -> [ProvisioningLogEntry] {
    var random = SeededGenerator(seed: seed)
    let names = ["Zoë Ångström", "O'Brien", "100 %", "a_b", nil]
    return (0..<count).map { number in
      let status = Entry.Status.allCases.randomElement(using: &random) ?? .success
      return ProvisioningLogEntry(
        id: "entry-\(number)", time: FixedClock.start + .seconds(Int.random(in: 0..<count / 4, using: &random)),
        cycleID: ["c1", "c2", nil].randomElement(using: &random) ?? nil,
        action: Entry.Action.allCases.randomElement(using: &random) ?? .other, status: status,
        duration: .milliseconds(5),
        objectID: .sample(Int.random(in: 1...5, using: &random)), kind: .user,
        sourceName: names.randomElement(using: &random) ?? nil, targetID: TargetID("person-\(number % 7)"),
        targetName: "user\(number)@example.org", steps: [], modifiedProperties: [],
        failure: status == .failure ? .badRequest : nil)
    }
  }

  private func record(_ entries: [ProvisioningLogEntry], in states: [any State]) async throws {
    for entry in entries {
      let record = RunRecord(objectID: entry.objectID, link: .unchanged, escrow: .clear, entry: entry)
      for state in states { try await state.record(record) }
    }
  }

  @Test(
    "Given any question, the answer is that of a plain search over all entries, page by page",
    arguments: [
      ProvisioningLogQuery(limit: 100), .init(status: .failure, limit: 7), .init(action: .create, limit: 3),
      .init(objectID: .sample(2), limit: 4), .init(cycleID: "c1", limit: 9),
      .init(status: .success, action: .update, objectID: .sample(1), cycleID: "c2", limit: 1),
      .init(search: "ZOË", limit: 6), .init(search: "0 %", limit: 6), .init(search: "a_", limit: 6),
      .init(search: "o'b", limit: 6), .init(search: "user1@", limit: 6), .init(search: "badrequest", limit: 6),
      .init(search: "nobody", limit: 6),
      .init(since: FixedClock.start + .seconds(10), until: FixedClock.start + .seconds(20), limit: 5),
      .init(status: .skipped, since: FixedClock.start + .seconds(25), limit: 5),
    ])
  func queries(query: ProvisioningLogQuery) async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: FixedClock.start)
      let model = MemoryState()
      try await record(Self.entries(200, seed: 7), in: [state, model])
      var (query, expectation) = (query, query)
      var pages = 0
      repeat {
        let page = try await state.log(query)
        let expected = try await model.log(expectation)
        #expect(page.entries == expected.entries)
        #expect((page.next == nil) == (expected.next == nil))
        (query.after, expectation.after) = (page.next, expected.next)
        pages += 1
      } while query.after != nil && pages < 300
      #expect(query.after == nil, "paging ends")
      state.close()
    }
  }

  @Test("Given entries that come while a reader pages, the pages neither repeat nor leave out")
  func stablePages() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: FixedClock.start)
      let entries = Self.entries(60, seed: 3)
      try await record(Array(entries.prefix(40)), in: [state])
      let first = try await state.log(ProvisioningLogQuery(limit: 15))
      try await record(
        entries.suffix(20).map { entry in
          var entry = entry
          entry.time = FixedClock.start + .seconds(3600)
          return entry
        }, in: [state])
      let rest = try await state.log(ProvisioningLogQuery(after: first.next, limit: 100))
      #expect(Set((first.entries + rest.entries).map(\.id)) == Set(entries.prefix(40).map(\.id)))
      #expect(first.entries.count + rest.entries.count == 40)
      state.close()
    }
  }

  @Test("Given entries beyond their age or number, the oldest go")
  func retention() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: FixedClock.start)
      var entries = Self.entries(3000, seed: 1)
      for index in entries.indices { entries[index].time = FixedClock.start + .seconds(index) }
      try await record(entries, in: [state])
      try await state.pruneLog(before: FixedClock.start + .seconds(1500), keeping: 1_000_000)
      #expect(try await state.log(limit: 5000).map(\.id) == entries.suffix(1500).reversed().map(\.id))
      try await state.pruneLog(before: FixedClock.start, keeping: 10)
      #expect(try await state.log(limit: 5000).map(\.id) == entries.suffix(10).reversed().map(\.id))
      state.close()
    }
  }
}
