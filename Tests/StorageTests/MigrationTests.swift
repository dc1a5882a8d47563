import Foundation
import GRDB
import ProvisioningModel
import TestSupport
import Testing

@testable import Storage

@Suite("State files of earlier versions")
struct MigrationTests {
  /// The first schema as it went out, with rows. Never to be changed.
  private static let version1 = """
    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
    INSERT INTO grdb_migrations VALUES ('1');
    CREATE TABLE "link" ("objectID" TEXT PRIMARY KEY NOT NULL, "personID" TEXT NOT NULL, "condition" TEXT NOT NULL,
      "digest" INTEGER, "targetName" TEXT, "pendingSupervisor" TEXT);
    CREATE INDEX "link_on_personID" ON "link"("personID");
    CREATE INDEX "link_on_pendingSupervisor" ON "link"("pendingSupervisor");
    CREATE TABLE "escrow" ("objectID" TEXT PRIMARY KEY NOT NULL, "kind" TEXT NOT NULL, "failure" TEXT NOT NULL,
      "attempts" INTEGER NOT NULL, "firstFailure" INTEGER NOT NULL, "lastAttempt" INTEGER NOT NULL, "nextAttempt" INTEGER);
    CREATE TABLE "watermark" ("id" INTEGER PRIMARY KEY CHECK ("id" = 1), "users" TEXT NOT NULL, "groups" TEXT NOT NULL,
      "fingerprint" INTEGER NOT NULL, "storedAt" INTEGER NOT NULL, "fullCycleAt" INTEGER NOT NULL);
    CREATE TABLE "subscription" ("resource" TEXT PRIMARY KEY NOT NULL, "id" TEXT NOT NULL, "expiration" INTEGER NOT NULL,
      "notificationURL" TEXT NOT NULL, "clientStateDigest" TEXT NOT NULL);
    CREATE TABLE "log" ("sequence" INTEGER PRIMARY KEY AUTOINCREMENT, "id" TEXT NOT NULL UNIQUE, "time" INTEGER NOT NULL,
      "cycleID" TEXT, "action" TEXT NOT NULL, "status" TEXT NOT NULL, "duration" INTEGER NOT NULL,
      "objectID" TEXT NOT NULL, "kind" TEXT NOT NULL, "sourceName" TEXT, "personID" TEXT, "targetName" TEXT,
      "steps" TEXT NOT NULL, "modifiedProperties" TEXT NOT NULL, "failure" TEXT);
    CREATE INDEX "log_on_time" ON "log"("time");
    CREATE INDEX "log_on_objectID" ON "log"("objectID");
    INSERT INTO link VALUES ('user-1', 'person-1', 'active', -1, 'one@example.org', 'user-2');
    INSERT INTO escrow VALUES ('user-3', 'User', '{"code":"EntryConflict","reason":"taken","advice":"free it"}', 4, 10, 20, NULL);
    INSERT INTO watermark VALUES (1, 'users-link', 'groups-link', 7, 30, 20);
    INSERT INTO subscription VALUES ('/users', 's1', 40, 'https://rollcall.example.com/webhooks/graph', 'digest');
    INSERT INTO log (id, time, cycleID, action, status, duration, objectID, kind, sourceName, personID, targetName, steps,
      modifiedProperties, failure) VALUES ('e1', 50, 'c1', 'create', 'success', 6, 'user-1', 'User', 'Ada Lovelace',
      'person-1', 'one@example.org', '[]', '[{"name":"firstName","new":"Ada"}]', NULL);
    """

  @Test("Given a file of the first version, all of it is there and can be asked for in new ways")
  func fromTheFirst() async throws {
    try await withStatePath { path in
      let old = try DatabaseQueue(path: path)
      try await old.write { try $0.execute(sql: Self.version1) }
      try old.close()
      let state = try SQLiteState(path: path, now: FixedClock.start)
      #expect(state.damagedFile == nil)
      #expect(
        try await state.links() == [
          Link(
            objectID: ObjectID("user-1"), personID: PersonID("person-1"), digest: .max, targetName: "one@example.org",
            pendingSupervisor: ObjectID("user-2"))
        ])
      #expect(try await state.escrows().map(\.attempts) == [4])
      #expect(try await state.watermark()?.users == "users-link")
      #expect(try await state.subscriptions().map(\.id) == ["s1"])
      for words in ["LOVELACE", "person-1"] {
        let entries = try await state.log(ProvisioningLogQuery(search: words, limit: 10)).entries
        #expect(entries.map(\.id) == ["e1"] && entries.map(\.targetID) == [TargetID("person-1")])
      }
      state.close()
    }
  }

  @Test(
    "Given a file of any version so far, it is brought up to date, and a pause and held removals stand",
    arguments: Schema.migrator.migrations)
  func everyPrefix(_ last: String) async throws {
    try await withStatePath { path in
      let old = try DatabaseQueue(path: path)
      try Schema.migrator.migrate(old, upTo: last)
      let (hasJob, hasHeld) = try await old.write { database in
        try database.execute(
          sql: "INSERT INTO link (objectID, personID, condition) VALUES ('user', 'person', 'active')")
        let tables = (try database.tableExists("job"), try database.tableExists("heldRemoval"))
        if tables.0 {
          try database.execute(sql: "INSERT INTO job (id, isPaused, successiveCompleteFailures) VALUES (1, TRUE, 0)")
        }
        if tables.1 {
          try database.execute(
            sql:
              "INSERT INTO heldRemoval (objectID, kind, action, since, isReleased) VALUES ('user', 'User', 'disable', 5, FALSE)"
          )
        }
        return tables
      }
      try old.close()
      let state = try SQLiteState(path: path, now: FixedClock.start)
      #expect(state.damagedFile == nil)
      #expect(try await state.links().map(\.personID) == [PersonID("person")])
      #expect(try await state.jobRecord().isPaused == hasJob)
      #expect(try await state.heldRemovals().map(\.objectID) == (hasHeld ? [ObjectID("user")] : []))
      state.close()
    }
  }

  @Test("Given the list of migrations, those after 'additions' only add")
  func additionsAdd() async throws {
    let names = Schema.migrator.migrations
    let first = try #require(names.firstIndex(of: "additions"))
    let database = try DatabaseQueue()
    try Schema.migrator.migrate(database, upTo: "additions")
    for name in names[(first + 1)...] {
      let before = try await database.read(Self.columns)
      try Schema.migrator.migrate(database, upTo: name)
      let after = try await database.read(Self.columns)
      let isDeclared = try await database.read {
        try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT * FROM addition WHERE migration = ?)", arguments: [name])
      }
      #expect(isDeclared == true, "'\(name)' is to be registered with registerAddition")
      for (table, columns) in before {
        let now = try #require(after[table], "'\(name)' drops the table '\(table)'")
        for column in columns { #expect(now.contains(column), "'\(name)' changes \(table).\(column.name)") }
        for column in now where !columns.contains(column) {
          #expect(column.canBeLeftOut, "'\(name)' adds \(table).\(column.name), which older versions do not fill")
        }
      }
    }
  }

  private struct Column: Hashable {
    var name: String
    var type: String
    var canBeLeftOut: Bool
  }

  private static func columns(_ database: Database) throws -> [String: Set<Column>] {
    let tables = try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
    return try Dictionary(
      uniqueKeysWithValues: tables.map { table in
        let columns = try database.columns(in: table).map {
          Column(name: $0.name, type: $0.type, canBeLeftOut: !$0.isNotNull || $0.defaultValueSQL != nil)
        }
        return (table, Set(columns))
      })
  }
}
