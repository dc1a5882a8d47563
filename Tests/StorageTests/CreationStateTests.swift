import ProvisioningModel
import Storage
import TestSupport
import Testing

@Suite("What runs have begun to create, on SQLite")
struct CreationStateTests {
  @Test("records are there after the file is opened again, replaced by object, and forgotten when asked")
  func persistence() async throws {
    let now = FixedClock.start
    func record(_ number: Int, _ name: String, _ kind: ObjectKind = .user, isByFile: Bool = false) -> Creation {
      Creation(.sample(number), kind: kind, targetName: name, at: now, isByFile: isByFile)
    }
    try await withStatePath { path in
      let first = try SQLiteState(path: path, now: now)
      try await first.add(creations: [record(2, "b"), record(1, "a")])
      try await first.add(creations: [record(2, "c", isByFile: true), record(3, "d", .group)])
      first.close()
      let again = try SQLiteState(path: path, now: now)
      #expect(try await again.creations() == [record(1, "a"), record(2, "c", isByFile: true), record(3, "d", .group)])
      try await again.forget(creationsOf: [.sample(1), .sample(3), .sample(9)])
      #expect(try await again.creations() == [record(2, "c", isByFile: true)])
      var outcome = RunRecord(objectID: .sample(2), escrow: .unchanged, entry: nil)
      try await again.record(outcome)
      #expect(try await again.creations().count == 1)
      outcome.endsCreation = true
      try await again.record(outcome)
      #expect(try await again.creations().isEmpty)
      again.close()
    }
  }
}
