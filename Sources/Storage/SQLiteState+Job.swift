import GRDB
package import Provisioning

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
        sql: "INSERT OR REPLACE INTO job VALUES (1, ?, ?, ?, ?, ?, ?, ?)", arguments: try record.arguments())
    }
  }

  package func reset(_ reset: StateReset, givenUp: [ObjectID: UInt64?]) async throws(Failure) {
    try await write { database in
      for (user, digest) in givenUp { try Self.setEntitlement(digest, of: user, in: database) }
      if reset.contains(.escrows) { try database.execute(sql: "DELETE FROM escrow") }
      if reset.contains(.links) {
        try database.execute(sql: "DELETE FROM link")
        try database.execute(sql: "DELETE FROM entitlement")
      }
      if reset.contains(.watermark) { try database.execute(sql: "DELETE FROM refusedLanguage") }
      if reset.contains(.watermark) || reset.contains(.links) { try database.execute(sql: "DELETE FROM watermark") }
    }
  }

  package func synchronizedEntryCounts() async throws(Failure) -> [ObjectKind: Int] {
    try await read { database in
      let users = try Int.fetchOne(database, sql: "SELECT count(*) FROM link WHERE condition = 'active'")
      return [.user: users ?? 0]
    }
  }
}
