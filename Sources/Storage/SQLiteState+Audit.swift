import GRDB
package import ProvisioningModel

// Who ordered what.

extension SQLiteState {
  package func record(_ order: AuditEntry) async throws(Failure) {
    try await write { database in
      try database.executeCached(
        sql: """
          INSERT INTO audit (id, time, actor, address, action, objectIDs, status, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          order.id, order.time.milliseconds, order.actor, order.address, order.action,
          order.objectIDs.prefix(AuditEntry.maxObjectIDs).map(\.rawValue).joined(separator: " "), order.status,
          order.result.rawValue,
        ])
    }
  }

  package func audit(after position: Int64?, limit: Int) async throws(Failure) -> AuditPage {
    try await read { database in
      // One row more than asked for tells whether there is a next page.
      var rows = try Row.fetchAll(
        database, sql: "SELECT * FROM audit WHERE sequence < ? ORDER BY sequence DESC LIMIT ?",
        arguments: [position ?? .max, limit + 1])
      let hasMore = rows.count > limit
      if hasMore { rows.removeLast() }
      return AuditPage(entries: rows.map(AuditEntry.init(row:)), next: hasMore ? rows.last?["sequence"] : nil)
    }
  }
}

extension AuditEntry {
  fileprivate init(row: Row) {
    let ids: String = row["objectIDs"]
    self.init(
      id: row["id"], time: Timestamp(milliseconds: row["time"]), actor: row["actor"], address: row["address"],
      action: row["action"], objectIDs: ids.split(separator: " ").map { ObjectID(String($0)) }, status: row["status"],
      result: (row["result"] as String?).flatMap(Result.init(rawValue:)) ?? .failed)
  }
}
