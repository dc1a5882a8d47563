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

  package func groupMembers() async throws(Failure) -> Set<ObjectID> {
    try await read { database in
      Set(
        try String.fetchAll(database, sql: "SELECT DISTINCT userID FROM groupMember WHERE personID IS NOT NULL")
          .map { ObjectID($0) })
    }
  }

  package func countedRemovals() async throws(Failure) -> [CountedRemoval] {
    try await read { database in
      let people = try Self.people(database)
      return try Row.fetchAll(database, sql: "SELECT * FROM countedRemoval").map { row in
        var removal = try CountedRemoval(row: row)
        removal.people = people[removal.objectID] ?? []
        return removal
      }
    }
  }

  /// Who loses something by each removal of a group, or of its members.
  private static func people(_ database: Database) throws -> [ObjectID: Set<ObjectID>] {
    var people: [ObjectID: Set<ObjectID>] = [:]
    let rows = try Row.fetchCursor(database, sql: "SELECT objectID, userID FROM removalPerson")
    while let row = try rows.next() { people[ObjectID(row[0]), default: []].insert(ObjectID(row[1])) }
    return people
  }

  private static func set(_ people: Set<ObjectID>, of object: ObjectID, _ database: Database) throws {
    try database.execute(sql: "DELETE FROM removalPerson WHERE objectID = ?", arguments: [object.rawValue])
    for person in people {
      try database.executeCached(
        sql: "INSERT INTO removalPerson (objectID, userID) VALUES (?, ?)",
        arguments: [object.rawValue, person.rawValue])
    }
  }

  package func count(_ removals: [CountedRemoval], forgettingBefore time: Timestamp) async throws(Failure) {
    try await write { database in
      try database.execute(sql: "DELETE FROM countedRemoval WHERE at < ?", arguments: [time.milliseconds])
      for removal in removals {
        try database.execute(sql: Self.insertCounted, arguments: removal.arguments)
        try Self.set(removal.people, of: removal.objectID, database)
      }
      try database.execute(
        sql: """
          DELETE FROM removalPerson
          WHERE objectID NOT IN (SELECT objectID FROM countedRemoval UNION SELECT objectID FROM heldRemoval)
          """)
    }
  }

  package func heldRemovals() async throws(Failure) -> [HeldRemoval] {
    try await read { database in
      let people = try Self.people(database)
      return try Row.fetchAll(database, sql: "SELECT * FROM heldRemoval").map { row in
        var removal = try HeldRemoval(row: row)
        removal.people = people[removal.objectID] ?? []
        return removal
      }
    }
  }

  package func hold(_ removals: [HeldRemoval], _ entries: [ProvisioningLogEntry]) async throws(Failure) {
    try await write { database in
      for removal in removals {
        try database.execute(
          sql: """
            INSERT OR REPLACE INTO heldRemoval
              (objectID, kind, action, since, isReleased, isKept, reason, detail, displayName, cycleID)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, arguments: removal.arguments)
        try Self.set(removal.people, of: removal.objectID, database)
      }
      for entry in entries { try Self.insert(entry, into: database) }
    }
  }

  package func set(_ state: HeldRemoval.State, of objects: [ObjectID]) async throws(Failure) {
    try await write { database in
      for object in objects {
        try database.execute(
          sql: "UPDATE heldRemoval SET isReleased = ?, isKept = ? WHERE objectID = ?",
          arguments: [state == .released, state == .kept, object.rawValue])
      }
    }
  }

  static func apply(_ change: RunRecord.RemovalChange, to object: ObjectID, in database: Database) throws {
    if change == .unchanged { return }
    try database.execute(sql: "DELETE FROM heldRemoval WHERE objectID = ?", arguments: [object.rawValue])
    if case .count(let removal) = change {
      try database.execute(sql: insertCounted, arguments: removal.arguments)
      try set(removal.people, of: object, database)
    } else {
      try database.execute(
        sql: "UPDATE countedRemoval SET isCarriedOut = 1 WHERE objectID = ?", arguments: [object.rawValue])
    }
  }

  private static let insertCounted =
    "INSERT OR REPLACE INTO countedRemoval (objectID, kind, at, isCarriedOut) VALUES (?, ?, ?, ?)"

  // MARK: Quarantine

  package func quarantine() async throws(Failure) -> QuarantineStatus? {
    try await read { try Row.fetchOne($0, sql: "SELECT * FROM quarantine").map(QuarantineStatus.init(row:)) }
  }

  package func setQuarantine(_ status: QuarantineStatus?) async throws(Failure) {
    try await write { database in
      guard let status else { return try database.execute(sql: "DELETE FROM quarantine") }
      try database.execute(
        sql: """
          INSERT OR REPLACE INTO quarantine (
            id, reason, failure, seriesBegan, currentBegan, seriesCount, nextAttempt, isDisabled)
          VALUES (1, ?, ?, ?, ?, ?, ?, ?)
          """, arguments: status.arguments)
    }
  }
}
