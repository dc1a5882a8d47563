import GRDB
package import Provisioning

// Whom a file was to make.

extension SQLiteState {
  package func uploads() async throws(Failure) -> [UploadRecord] {
    try await read { database in
      try Row.fetchAll(database, sql: "SELECT objectID, targetName, at FROM upload ORDER BY objectID").map { row in
        UploadRecord(
          user: ObjectID(row["objectID"]), targetName: row["targetName"], at: Timestamp(milliseconds: row["at"]))
      }
    }
  }

  package func add(uploads: [UploadRecord]) async throws(Failure) {
    try await write { database in
      let insert = try database.makeStatement(sql: "INSERT OR REPLACE INTO upload VALUES (?, ?, ?)")
      for upload in uploads {
        try insert.execute(arguments: [upload.user.rawValue, upload.targetName, upload.at.milliseconds])
      }
    }
  }

  package func forget(uploadsOf users: [ObjectID]) async throws(Failure) {
    try await write { database in
      let delete = try database.makeStatement(sql: "DELETE FROM upload WHERE objectID = ?")
      for user in users { try delete.execute(arguments: [user.rawValue]) }
    }
  }
}
