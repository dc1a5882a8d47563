import GRDB
package import ProvisioningModel

// A job's own affairs.

extension SQLiteState {
  package func jobRecord() async throws(Failure) -> JobRecord {
    try await read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM job").map(JobRecord.init(row:)) ?? JobRecord()
    }
  }

  package func setJobRecord(_ record: JobRecord) async throws(Failure) {
    try await write { database in
      try database.execute(
        sql: """
          INSERT OR REPLACE INTO job (
            id, isPaused, successiveCompleteFailures, steadyStateFirstAchieved, steadyStateLastAchieved, last, lastSuccessful,
            lastSuccessfulWithExports)
          VALUES (1, ?, ?, ?, ?, ?, ?, ?)
          """, arguments: record.arguments)
    }
  }

  package func reset(_ reset: StateReset) async throws(Failure) {
    try await write { database in
      if reset.contains(.escrows) { try database.execute(sql: "DELETE FROM escrow") }
      if reset.contains(.links) {
        try Self.buryReleased(database)
        try Self.forgetLinks(database)
      }
      if reset.contains(.watermark) { try database.execute(sql: "DELETE FROM refusedLanguage") }
      if reset.contains(.watermark) || reset.contains(.links) { try database.execute(sql: "DELETE FROM watermark") }
    }
  }

  static func forgetLinks(_ database: Database) throws {
    for table in ["link", "entitlement", "groupLink", "groupMember"] {
      try database.execute(sql: "DELETE FROM \(table)")
    }
  }

  package func synchronizedEntryCounts() async throws(Failure) -> [ObjectKind: Int] {
    try await read { database in
      func count(_ table: String) throws -> Int {
        try Int.fetchOne(
          database, sql: "SELECT count(*) FROM \(table) WHERE condition = 'active' AND orphanSince IS NULL") ?? 0
      }
      return [.user: try count("link"), .group: try count("groupLink")]
    }
  }
}
