import GRDB

// How a program that is older than a state file goes on working with it.
//
// A migration that only adds is written down in the file as an addition. A program that meets migrations that it does not know works with the
// file when all of them are additions: what it knows is still there and means the same. It leaves the file alone otherwise. A migration only adds
// when it makes tables, indexes, and columns that may be null or have a default, and when no older column gets values that it could not
// have before. What has to go, or to change, goes in two versions: the first adds the new and writes both, the second stops using the old.

extension DatabaseMigrator {
  /// As `registerMigration`, for one that only adds.
  mutating func registerAddition(_ name: String, _ body: @escaping @Sendable (Database) throws -> Void) {
    registerMigration(name) { database in
      try body(database)
      try database.execute(sql: "INSERT INTO addition (migration) VALUES (?)", arguments: [name])
    }
  }

  /// The migrations of a later version that this one must not work with the result of; none when the file can be used.
  func obstacles(in database: Database) throws -> Set<String> {
    let unknown = try appliedIdentifiers(database).subtracting(migrations)
    guard !unknown.isEmpty, try database.tableExists("addition") else { return unknown }
    return unknown.subtracting(try String.fetchAll(database, sql: "SELECT migration FROM addition"))
  }
}
