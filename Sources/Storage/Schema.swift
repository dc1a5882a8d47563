import GRDB
import ProvisioningModel

/// The tables, as migrations that are only ever added to.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.create(table: "link") { table in
        table.primaryKey("objectID", .text)
        table.column("personID", .text).notNull().indexed()
        table.column("condition", .text).notNull()
        table.column("digest", .integer)
        table.column("targetName", .text)
        table.column("pendingSupervisor", .text).indexed()
      }
      try database.create(table: "escrow") { table in
        table.primaryKey("objectID", .text)
        table.column("kind", .text).notNull()
        table.column("failure", .text).notNull()
        table.column("attempts", .integer).notNull()
        table.column("firstFailure", .integer).notNull()
        table.column("lastAttempt", .integer).notNull()
        table.column("nextAttempt", .integer)
      }
      try database.create(table: "watermark") { table in
        table.primaryKey("id", .integer).check { $0 == 1 }
        table.column("users", .text).notNull()
        table.column("groups", .text).notNull()
        table.column("fingerprint", .integer).notNull()
        table.column("storedAt", .integer).notNull()
        table.column("fullCycleAt", .integer).notNull()
      }
      try database.create(table: "subscription") { table in
        table.primaryKey("resource", .text)
        table.column("id", .text).notNull()
        table.column("expiration", .integer).notNull()
        table.column("notificationURL", .text).notNull()
        table.column("clientStateDigest", .text).notNull()
      }
      try database.create(table: "log") { table in
        table.autoIncrementedPrimaryKey("sequence")
        table.column("id", .text).notNull().unique()
        table.column("time", .integer).notNull().indexed()
        table.column("cycleID", .text)
        table.column("action", .text).notNull()
        table.column("status", .text).notNull()
        table.column("duration", .integer).notNull()
        table.column("objectID", .text).notNull().indexed()
        table.column("kind", .text).notNull()
        table.column("sourceName", .text)
        table.column("personID", .text)
        table.column("targetName", .text)
        table.column("steps", .text).notNull()
        table.column("modifiedProperties", .text).notNull()
        table.column("failure", .text)
      }
    }
    migrator.registerMigration("entitlement") { database in
      try database.create(table: "entitlement", options: .withoutRowID) { table in
        table.primaryKey("objectID", .text)
        table.column("digest", .integer).notNull()
      }
      // Linked objects are looked at in the next cycle.
      try database.execute(sql: "INSERT INTO entitlement SELECT objectID, 0 FROM link WHERE condition <> 'released'")
    }
    migrator.registerMigration("log questions") { database in
      try database.alter(table: "log") { $0.add(column: "searchText", .text).notNull().defaults(to: "") }
      let rows = try Row.fetchCursor(database, sql: "SELECT *, personID AS targetID FROM log")
      let update = try database.makeStatement(sql: "UPDATE log SET searchText = ? WHERE sequence = ?")
      while let row = try rows.next() {
        try update.execute(arguments: [try ProvisioningLogEntry(row: row).searchText, row["sequence"] as Int64])
      }
      // Pages are in the order of time, whatever they are narrowed by.
      try database.drop(index: "log_on_objectID")
      for column in ["objectID", "cycleID", "action", "status"] {
        try database.create(index: "log_on_\(column)_time", on: "log", columns: [column, "time"])
      }
    }
    migrator.registerMigration("protection") { database in
      try database.create(table: "countedRemoval") { table in
        table.primaryKey("objectID", .text)
        table.column("kind", .text).notNull()
        table.column("at", .integer).notNull()
        table.column("isCarriedOut", .boolean).notNull()
      }
      try database.create(table: "heldRemoval") { table in
        table.primaryKey("objectID", .text)
        table.column("kind", .text).notNull()
        table.column("action", .text).notNull()
        table.column("since", .integer).notNull()
        table.column("isReleased", .boolean).notNull()
      }
      try database.create(table: "quarantine") { table in
        table.primaryKey("id", .integer).check { $0 == 1 }
        table.column("reason", .text).notNull()
        table.column("failure", .text).notNull()
        table.column("seriesBegan", .integer).notNull()
        table.column("currentBegan", .integer).notNull()
        table.column("seriesCount", .integer).notNull()
        table.column("nextAttempt", .integer)
        table.column("isDisabled", .boolean).notNull()
      }
    }
    migrator.registerMigration("groups") { database in
      try database.create(table: "groupLink") { table in
        table.primaryKey("objectID", .text)
        table.column("groupID", .text).notNull()
        table.column("condition", .text).notNull()
        table.column("digest", .integer)
        table.column("targetName", .text)
      }
      try database.create(table: "groupMember") { table in
        table.column("objectID", .text).notNull()
        table.column("userID", .text).notNull().indexed()
        table.column("personID", .text)
        table.primaryKey(["objectID", "userID"])
      }
    }
    migrator.registerMigration("job") { database in
      try database.create(table: "job") { table in
        table.primaryKey("id", .integer).check { $0 == 1 }
        table.column("isPaused", .boolean).notNull()
        table.column("successiveCompleteFailures", .integer).notNull()
        table.column("steadyStateFirstAchieved", .integer)
        table.column("steadyStateLastAchieved", .integer)
        table.column("last", .text)
        table.column("lastSuccessful", .text)
        table.column("lastSuccessfulWithExports", .text)
      }
    }
    migrator.registerMigration("log search") { database in
      try database.drop(index: "log_on_time")
      try database.create(index: "log_on_time_searchText", on: "log", columns: ["time", "searchText"])
    }
    migrator.registerMigration("refused languages") { database in
      try database.create(table: "refusedLanguage", options: .withoutRowID) { table in
        table.primaryKey("code", .text)
        table.column("at", .integer).notNull()
      }
    }
    migrator.registerMigration("entitlement of groups") { database in
      try database.alter(table: "entitlement") {
        $0.add(column: "kind", .text).notNull().defaults(to: ObjectKind.user.rawValue)
      }
      // Whatever is linked is looked at in the next cycle.
      try database.execute(
        sql: "INSERT INTO entitlement SELECT objectID, 0, ? FROM groupLink WHERE condition <> 'released'",
        arguments: [ObjectKind.group.rawValue])
    }
    migrator.registerMigration("targets of log entries") { database in
      // Groups have entries, too.
      try database.alter(table: "log") { $0.rename(column: "personID", to: "targetID") }
    }
    migrator.registerMigration("uploads") { database in
      try database.create(table: "upload", options: .withoutRowID) { table in
        table.primaryKey("objectID", .text)
        table.column("targetName", .text).notNull()
        table.column("at", .integer).notNull()
      }
    }
    migrator.registerMigration("creations") { database in
      try database.create(table: "creation", options: .withoutRowID) { table in
        table.primaryKey("objectID", .text)
        table.column("kind", .text).notNull()
        table.column("targetName", .text).notNull()
        table.column("at", .integer).notNull()
        table.column("isByFile", .boolean).notNull()
      }
      // What was only known of files before.
      try database.execute(
        sql: "INSERT INTO creation SELECT objectID, ?, targetName, at, TRUE FROM upload",
        arguments: [ObjectKind.user.rawValue])
      try database.drop(table: "upload")
    }
    migrator.registerMigration("proofs of links") { database in
      for table in ["link", "groupLink"] {
        try database.alter(table: table) {
          // What was linked before counts as proven.
          $0.add(column: "proof", .text).notNull().defaults(to: Link.Proof.proven.rawValue)
          $0.add(column: "orphanSince", .integer)
        }
        try database.execute(
          sql: "CREATE INDEX \(table)_on_orphanSince ON \(table)(objectID) WHERE orphanSince IS NOT NULL")
      }
    }
    migrator.registerMigration("revisits") { database in
      try database.create(table: "revisit", options: .withoutRowID) { table in
        table.primaryKey("objectID", .text)
        table.column("kind", .text).notNull()
      }
    }
    migrator.registerMigration("identity") { database in
      try database.create(table: "identity") { table in
        table.primaryKey("id", .integer).check { $0 == 1 }
        table.column("tenant", .text).notNull()
        table.column("cloud", .text).notNull()
        table.column("application", .text).notNull()
        table.column("host", .text).notNull()
        table.column("prefix", .text).notNull()
      }
    }
    migrator.registerMigration("tombstones") { database in
      try database.create(table: "tombstone", options: .withoutRowID) { table in
        table.primaryKey("objectID", .text)
      }
    }
    migrator.registerMigration("audit") { database in
      try database.create(table: "audit") { table in
        table.autoIncrementedPrimaryKey("sequence")
        table.column("id", .text).notNull().unique()
        table.column("time", .integer).notNull().indexed()
        table.column("actor", .text).notNull()
        table.column("address", .text)
        table.column("action", .text).notNull()
        table.column("objectIDs", .text).notNull()
        table.column("status", .integer).notNull()
        table.column("result", .text).notNull()
      }
    }
    migrator.registerMigration("lost links") { database in
      for table in ["link", "groupLink"] {
        try database.alter(table: table) { $0.add(column: "lostSince", .integer) }
        try database.execute(
          sql: "CREATE INDEX \(table)_on_lostSince ON \(table)(lostSince) WHERE lostSince IS NOT NULL")
      }
    }
    migrator.registerMigration("people of removals") { database in
      try database.create(table: "removalPerson", options: .withoutRowID) { table in
        table.column("objectID", .text).notNull()
        table.column("userID", .text).notNull()
        table.primaryKey(["objectID", "userID"])
      }
      // As it was taken to be before.
      try database.execute(
        sql: """
          INSERT INTO removalPerson SELECT objectID, userID FROM groupMember
          WHERE objectID IN (SELECT objectID FROM countedRemoval UNION SELECT objectID FROM heldRemoval)
          """)
    }
    migrator.registerMigration("schema of the identity") { database in
      try database.alter(table: "identity") { $0.add(column: "schema", .integer).notNull().defaults(to: 1) }
    }
    migrator.registerMigration("decisions on removals") { database in
      try database.alter(table: "heldRemoval") { table in
        table.add(column: "isKept", .boolean).notNull().defaults(to: false)
        table.add(column: "reason", .text).notNull().defaults(to: RemovalReason.unassigned.rawValue)
        table.add(column: "detail", .text).notNull().defaults(to: "")
        table.add(column: "displayName", .text)
        table.add(column: "cycleID", .text)
      }
    }
    // Everything after this only adds, see `registerAddition`.
    migrator.registerMigration("additions") { database in
      try database.create(table: "addition", options: .withoutRowID) { table in
        table.primaryKey("migration", .text)
      }
    }
    return migrator
  }
}
