import GRDB
package import ProvisioningModel

// The provisioning log.

extension SQLiteState {
  static func insert(_ entry: ProvisioningLogEntry, into database: Database) throws {
    try database.executeCached(
      sql: """
        INSERT INTO log (id, time, cycleID, action, status, duration, objectID, kind, sourceName, targetID, targetName,
          steps, modifiedProperties, failure, searchText) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """, arguments: entry.arguments)
  }

  package func log(_ query: ProvisioningLogQuery) async throws(Failure) -> ProvisioningLogPage {
    let (sql, arguments) = Self.select(query)
    return try await read { database in
      // One row more than asked for tells whether there is a next page.
      var rows = try Row.fetchAll(database, sql: sql, arguments: arguments)
      let hasMore = rows.count > query.limit
      if hasMore { rows.removeLast() }
      return ProvisioningLogPage(
        entries: try rows.map(ProvisioningLogEntry.init(row:)),
        next: hasMore
          ? rows.last.map { .init(time: Timestamp(milliseconds: $0["time"]), sequence: $0["sequence"]) } : nil)
    }
  }

  private static func select(_ query: ProvisioningLogQuery) -> (sql: String, arguments: StatementArguments) {
    var conditions: [String] = []
    var arguments: [(any DatabaseValueConvertible)?] = []
    func narrow(_ condition: String, _ values: (any DatabaseValueConvertible)?...) {
      guard values.allSatisfy({ $0 != nil }) else { return }
      conditions.append(condition)
      arguments += values
    }
    // The most telling index first: a plus sign keeps SQLite from choosing any other. Text is searched within its own index, in the order
    // of time, so that the rows, which are large, are read for the hits alone.
    var hasIndex = query.objectID == nil && query.cycleID == nil && query.search != nil
    for (column, value) in [
      ("objectID", query.objectID?.rawValue), ("cycleID", query.cycleID), ("action", query.action?.rawValue),
      ("status", query.status?.rawValue),
    ] {
      narrow("\(hasIndex ? "+" : "")\(column) = ?", value)
      hasIndex = hasIndex || value != nil
    }
    narrow("time >= ?", query.since?.milliseconds)
    narrow("time < ?", query.until?.milliseconds)
    narrow("(time, sequence) < (?, ?)", query.after?.time.milliseconds, query.after?.sequence)
    narrow("instr(searchText, ?) > 0", query.search?.lowercased())
    let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    arguments.append(query.limit + 1)
    return (
      "SELECT * FROM log \(clause) ORDER BY time DESC, sequence DESC LIMIT ?", StatementArguments(arguments)
    )
  }

  package func pruneLog(before time: Timestamp, keeping count: Int) async throws(Failure) {
    for table in ["log", "audit"] {
      try await delete(from: table, where: "time < ?", time.milliseconds)
      try await delete(from: table, where: "sequence <= (SELECT max(sequence) - ? FROM \(table))", Int64(count))
    }
  }

  /// In small transactions, so that runs which end meanwhile need not wait.
  private func delete(
    from table: String, where condition: String, _ argument: Int64
  ) async throws(Failure) {
    let chunk = 1000
    while true {
      let deleted = try await write { database in
        try database.execute(
          sql: "DELETE FROM \(table) WHERE sequence IN (SELECT sequence FROM \(table) WHERE \(condition) LIMIT ?)",
          arguments: [argument, chunk])
        return database.changesCount
      }
      if deleted < chunk { return }
    }
  }
}
