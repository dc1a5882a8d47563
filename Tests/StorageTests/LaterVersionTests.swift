import Foundation
import GRDB
import ProvisioningModel
import TestSupport
import Testing

@testable import Storage

@Suite("State files of later versions")
struct LaterVersionTests {
  private static let held = HeldRemoval(
    objectID: .sample(1), kind: .user, action: .disable, since: FixedClock.start)

  /// A file with a pause and a held removal that a later version has worked on.
  private func write(to path: String, _ change: @escaping @Sendable (inout DatabaseMigrator) -> Void) async throws {
    let first = try SQLiteState(path: path, now: FixedClock.start)
    var job = JobRecord()
    job.isPaused = true
    try await first.setJobRecord(job)
    try await first.hold([Self.held], [])
    first.close()
    let database = try DatabaseQueue(path: path)
    var migrator = Schema.migrator
    change(&migrator)
    try migrator.migrate(database)
    try database.close()
  }

  @Test(
    "Given a change that this version cannot work with, the file is left alone, and a rollback of the rollback has all")
  func incompatible() async throws {
    try await withStatePath { path in
      try await write(to: path) { migrator in
        migrator.registerMigration("of a version to come") { try $0.execute(sql: "ALTER TABLE job RENAME TO task") }
      }
      let before = try Data(contentsOf: URL(filePath: path))
      let state = try SQLiteState.opening(path: path, clock: FixedClock()) { _ in Issue.record("taken for damaged") }
      #expect(state.openingFailure?.reason.contains("newer version") == true)
      await #expect(throws: Failure.self) { try await state.check() }
      await #expect(throws: Failure.self) { try await state.setJobRecord(JobRecord()) }
      await #expect(throws: Failure.self) { try await SQLiteState.copy(of: path) }
      state.close()
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
      let folder = URL(filePath: path).deletingLastPathComponent()
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(names.allSatisfy { !$0.contains("damaged") }, "\(names)")
    }
  }

  @Test("Given tables and columns that were added, this version works on with what it knows, and the pause stands")
  func additions() async throws {
    try await withStatePath { path in
      try await write(to: path) { migrator in
        migrator.registerAddition("of a version to come") { database in
          let tables = try String.fetchAll(
            database,
            sql:
              "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'grdb_%'"
          )
          for table in tables {
            try database.alter(table: table) {
              $0.add(column: "added", .text)
              $0.add(column: "addedToo", .integer).notNull().defaults(to: 7)
            }
          }
          try database.create(table: "added") { $0.primaryKey("id", .text) }
        }
      }
      let state = try SQLiteState(path: path, now: FixedClock.start)
      #expect(state.damagedFile == nil)
      var job = try await state.jobRecord()
      #expect(job.isPaused)
      #expect(try await state.heldRemovals() == [Self.held])
      // Every table is written to.
      job.successiveCompleteFailures = 1
      try await state.setJobRecord(job)
      try await state.hold([Self.held], [])
      try await state.count(
        [CountedRemoval(objectID: .sample(1), kind: .user, at: FixedClock.start, isCarriedOut: true)],
        forgettingBefore: .never)
      try await state.adopt([Link(objectID: .sample(2), personID: PersonID("person-2"))])
      try await state.setSubscriptions([
        SubscriptionRecord(
          id: "s1", resource: "/users", expiration: FixedClock.start, notificationURL: "https://example.com",
          clientStateDigest: "digest")
      ])
      try await state.setWatermark(
        Watermark(users: "u", groups: "g", fingerprint: 1, storedAt: FixedClock.start, fullCycleAt: FixedClock.start),
        revisiting: [.user(.sample(2))])
      #expect(try await state.watermark()?.users == "u")
      #expect(try await state.jobRecord() == job)
      let copy = try await SQLiteState.copy(of: path)
      #expect(try await copy.jobRecord() == job)
      copy.close()
      state.close()
    }
  }

  @Test("Given an unknown code of a failure, what failed can still be read")
  func unknownCode() async throws {
    try await withStatePath { path in
      let first = try SQLiteState(path: path, now: FixedClock.start)
      first.close()
      let database = try DatabaseQueue(path: path)
      try await database.write {
        try $0.execute(
          sql: """
            INSERT INTO escrow (objectID, kind, failure, attempts, firstFailure, lastAttempt)
            VALUES ('user', 'User', '{"code":"OfAVersionToCome","reason":"new","advice":"wait"}', 1, 1, 1)
            """)
      }
      try database.close()
      let state = try SQLiteState(path: path, now: FixedClock.start)
      #expect(try await state.escrows().map(\.failure.code) == [.internalError])
      state.close()
    }
  }
}
