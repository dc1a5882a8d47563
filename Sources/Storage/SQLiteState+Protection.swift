import GRDB
package import ProvisioningModel

extension SQLiteState {
  package func activeLinkCount() async throws(Failure) -> Int {
    try await read { database in
      try Int.fetchOne(
        database, sql: "SELECT COUNT(*) FROM link WHERE condition = ? AND orphanSince IS NULL",
        arguments: [Link.Condition.active.rawValue])
        ?? 0
    }
  }

  // MARK: Removals

  package func countedRemovals() async throws(Failure) -> [CountedRemoval] {
    try await read { try Row.fetchAll($0, sql: "SELECT * FROM countedRemoval").map(CountedRemoval.init(row:)) }
  }

  package func count(_ removals: [CountedRemoval], forgettingBefore time: Timestamp) async throws(Failure) {
    try await write { database in
      try database.execute(sql: "DELETE FROM countedRemoval WHERE at < ?", arguments: [time.milliseconds])
      for removal in removals {
        try database.execute(sql: Self.insertCounted, arguments: removal.arguments)
      }
    }
  }

  package func heldRemovals() async throws(Failure) -> [HeldRemoval] {
    try await read { try Row.fetchAll($0, sql: "SELECT * FROM heldRemoval").map(HeldRemoval.init(row:)) }
  }

  package func hold(_ removals: [HeldRemoval], _ entries: [ProvisioningLogEntry]) async throws(Failure) {
    try await write { database in
      for removal in removals {
        try database.execute(
          sql: "INSERT OR REPLACE INTO heldRemoval VALUES (?, ?, ?, ?, ?)", arguments: removal.arguments)
      }
      for entry in entries { try Self.insert(entry, into: database) }
    }
  }

  package func release(_ objects: [ObjectID]) async throws(Failure) {
    try await write { database in
      for object in objects {
        try database.execute(
          sql: "UPDATE heldRemoval SET isReleased = 1 WHERE objectID = ?", arguments: [object.rawValue])
      }
    }
  }

  static func apply(_ change: RunRecord.RemovalChange, to object: ObjectID, in database: Database) throws {
    if change == .unchanged { return }
    try database.execute(sql: "DELETE FROM heldRemoval WHERE objectID = ?", arguments: [object.rawValue])
    if case .count(let removal) = change {
      try database.execute(sql: insertCounted, arguments: removal.arguments)
    } else {
      try database.execute(
        sql: "UPDATE countedRemoval SET isCarriedOut = 1 WHERE objectID = ?", arguments: [object.rawValue])
    }
  }

  private static let insertCounted = "INSERT OR REPLACE INTO countedRemoval VALUES (?, ?, ?, ?)"

  // MARK: Quarantine

  package func quarantine() async throws(Failure) -> QuarantineStatus? {
    try await read { try Row.fetchOne($0, sql: "SELECT * FROM quarantine").map(QuarantineStatus.init(row:)) }
  }

  package func setQuarantine(_ status: QuarantineStatus?) async throws(Failure) {
    try await write { database in
      guard let status else { return try database.execute(sql: "DELETE FROM quarantine") }
      try database.execute(
        sql: "INSERT OR REPLACE INTO quarantine VALUES (1, ?, ?, ?, ?, ?, ?, ?)", arguments: status.arguments)
    }
  }
}
