import GRDB
import ProvisioningModel

/// Takes what a person ordered out of a damaged file, as far as it can be read: everything else is rebuilt from both sides, this cannot be.
enum Salvage {
  /// - Parameters:
  ///   - aside: The damaged file, which is only read.
  ///   - database: A new state.
  static func copy(from aside: String, to database: DatabasePool) {
    var configuration = Configuration()
    configuration.readonly = true
    guard let damaged = try? DatabaseQueue(path: aside, configuration: configuration) else { return }
    defer { try? damaged.close() }
    for table in tables {
      let rows = rows(of: table, in: damaged)
      // What one table gives must not hang on another.
      try? database.write { try insert(rows, into: table, $0) }
    }
  }

  private struct Table {
    var name: String
    /// Of these columns alone; nil for all that both files have.
    var columns: Set<String>?
    /// Throws for a row that makes no sense. It is given rows of the new file.
    var check: (@Sendable (Row) throws -> Void)?
  }

  private static let tables = [
    Table(name: "job", columns: ["id", "isPaused"]),
    Table(name: "heldRemoval") { _ = try HeldRemoval(row: $0) },
    Table(name: "countedRemoval") { _ = try CountedRemoval(row: $0) },
    Table(name: "removalPerson"),
    Table(name: "audit"),
  ]

  /// Those before the first that cannot be read.
  private static func rows(of table: Table, in damaged: DatabaseQueue) -> [[String: DatabaseValue]] {
    var rows: [[String: DatabaseValue]] = []
    try? damaged.read { database in
      let cursor = try Row.fetchCursor(database, sql: "SELECT * FROM \(table.name)")
      while let row = try cursor.next() {
        let values = Dictionary(row.map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
        rows.append(values.filter { table.columns?.contains($0.key) ?? true })
      }
    }
    return rows
  }

  private static func insert(_ rows: [[String: DatabaseValue]], into table: Table, _ database: Database) throws {
    let columns = try database.columns(in: table.name)
    for row in rows {
      // What the damaged file does not say, as how many cycles have failed, is nothing.
      let values = columns.compactMap { column -> (column: ColumnInfo, value: DatabaseValue)? in
        if let value = row[column.name] { return (column, value) }
        return column.isNotNull && column.defaultValueSQL == nil ? (column, 0.databaseValue) : nil
      }
      guard values.allSatisfy({ fits($0.value, $0.column) }) else { continue }
      let names = values.map(\.column.name.quotedDatabaseIdentifier).joined(separator: ", ")
      try? database.execute(
        sql: """
          INSERT OR IGNORE INTO \(table.name) (\(names))
          VALUES (\(databaseQuestionMarks(count: values.count)))
          """, arguments: StatementArguments(values.map(\.value)))
    }
    guard let check = table.check else { return }
    for row in try Row.fetchAll(database, sql: "SELECT rowid AS place, * FROM \(table.name)") {
      guard (try? check(row)) == nil else { continue }
      try database.execute(sql: "DELETE FROM \(table.name) WHERE rowid = ?", arguments: [row["place"] as Int64])
    }
  }

  /// Whether a value is of the type that its column says, which SQLite does not see to.
  private static func fits(_ value: DatabaseValue, _ column: ColumnInfo) -> Bool {
    switch value.storage {
    case .null: !column.isNotNull && column.primaryKeyIndex == 0
    case .int64: column.type != "TEXT"
    case .string: column.type == "TEXT"
    case .double, .blob: false
    }
  }
}
