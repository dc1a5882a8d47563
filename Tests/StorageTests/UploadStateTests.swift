import Provisioning
import Storage
import TestSupport
import Testing

@Suite("Whom files were to make, on SQLite")
struct UploadStateTests {
  @Test("records are there after the file is opened again, replaced by user, and forgotten when asked")
  func persistence() async throws {
    let now = FixedClock.start
    func record(_ number: Int, _ name: String) -> UploadRecord {
      UploadRecord(user: .sample(number), targetName: name, at: now)
    }
    try await withStatePath { path in
      let first = try SQLiteState(path: path, now: now)
      try await first.add(uploads: [record(2, "b"), record(1, "a")])
      try await first.add(uploads: [record(2, "c"), record(3, "d")])
      first.close()
      let again = try SQLiteState(path: path, now: now)
      #expect(try await again.uploads() == [record(1, "a"), record(2, "c"), record(3, "d")])
      try await again.forget(uploadsOf: [.sample(1), .sample(3), .sample(9)])
      #expect(try await again.uploads() == [record(2, "c")])
      var outcome = RunRecord(objectID: .sample(2), escrow: .unchanged, entry: nil)
      try await again.record(outcome)
      #expect(try await again.uploads().count == 1)
      outcome.completesUpload = true
      try await again.record(outcome)
      #expect(try await again.uploads().isEmpty)
      again.close()
    }
  }
}
