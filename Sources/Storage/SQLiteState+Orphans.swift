import GRDB
package import ProvisioningModel

// Links whose object this directory does not know.

extension SQLiteState {
  package func orphans(after id: ObjectID?, limit: Int) async throws(Failure) -> [Orphan] {
    try await read { database in
      func page(of table: String) throws -> [Row] {
        try Row.fetchAll(
          database,
          sql: "SELECT * FROM \(table) WHERE orphanSince IS NOT NULL AND objectID > ? ORDER BY objectID LIMIT ?",
          arguments: [id?.rawValue ?? "", limit])
      }
      let users = try page(of: "link").map { ObjectConnection.user(try Link(row: $0)) }
      let groups = try page(of: "groupLink").map { ObjectConnection.group(try GroupLink(row: $0)) }
      return Array((users + groups).compactMap(\.orphan).sorted { $0.objectID < $1.objectID }.prefix(limit))
    }
  }

  package func hasLostLinks(since time: Timestamp) async throws(Failure) -> Bool {
    try await read { database in
      try ["link", "groupLink"].contains { table in
        try Bool.fetchOne(
          database, sql: "SELECT EXISTS (SELECT * FROM \(table) WHERE lostSince >= ?)", arguments: [time.milliseconds])
          ?? false
      }
    }
  }

  package func orphanCount(since time: Timestamp) async throws(Failure) -> OrphanCount {
    try await read { database in
      var count = OrphanCount()
      for table in ["link", "groupLink"] {
        let row = try Row.fetchOne(
          database,
          sql:
            "SELECT COUNT(*) AS allOfThem, TOTAL(orphanSince >= ?) AS new FROM \(table) WHERE orphanSince IS NOT NULL",
          arguments: [time.milliseconds])
        count.all += row?["allOfThem"] ?? 0
        count.new += Int((row?["new"] as Double?) ?? 0)
      }
      return count
    }
  }
}
