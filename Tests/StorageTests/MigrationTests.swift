import Foundation
import GRDB
import ProvisioningModel
import Storage
import TestSupport
import Testing

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
}
