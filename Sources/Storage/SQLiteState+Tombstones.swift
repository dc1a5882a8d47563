import GRDB
package import ProvisioningModel

// Objects that were let go on purpose.

extension SQLiteState {
  package func tombstones() async throws(Failure) -> Set<ObjectID> {
    try await read { database in
      Set(try String.fetchAll(database, sql: "SELECT objectID FROM tombstone").map { ObjectID($0) })
    }
  }

  static func bury(_ object: ObjectID, _ database: Database) throws {
    try database.execute(sql: "INSERT OR IGNORE INTO tombstone (objectID) VALUES (?)", arguments: [object.rawValue])
  }

  static func buryReleased(_ database: Database) throws {
    for table in ["link", "groupLink"] {
      try database.execute(
        sql: "INSERT OR IGNORE INTO tombstone SELECT objectID FROM \(table) WHERE condition = 'released'")
    }
  }

  /// It was matched again.
  static func exhume(_ object: ObjectID, _ database: Database) throws {
    try database.executeCached(sql: "DELETE FROM tombstone WHERE objectID = ?", arguments: [object.rawValue])
  }
}
