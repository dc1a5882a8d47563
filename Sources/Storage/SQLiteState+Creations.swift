import GRDB
package import ProvisioningModel

// What runs have begun to create.

extension SQLiteState {
  package func creations() async throws(Failure) -> [Creation] {
    try await read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM creation ORDER BY objectID").map(Creation.init(row:))
    }
  }

  package func add(creations: [Creation]) async throws(Failure) {
    try await write { database in
      for creation in creations {
        try database.executeCached(
          sql: "INSERT OR REPLACE INTO creation (objectID, kind, targetName, at, isByFile) VALUES (?, ?, ?, ?, ?)",
          arguments: creation.arguments)
      }
    }
  }

  package func forget(creationsOf objects: [ObjectID]) async throws(Failure) {
    try await write { database in
      for object in objects { try Self.endCreation(of: object, in: database) }
    }
  }

  static func endCreation(of object: ObjectID, in database: Database) throws {
    try database.executeCached(sql: "DELETE FROM creation WHERE objectID = ?", arguments: [object.rawValue])
  }
}
