import GRDB
package import ProvisioningModel

// Links of both kinds, as operators see them.

extension SQLiteState {
  package func connection(_ id: ObjectID) async throws(Failure) -> ObjectConnection? {
    if let link = try await link(id) { return .user(link) }
    return try await groupLink(id).map { .group($0) }
  }

  package func connections(after id: ObjectID?, limit: Int) async throws(Failure) -> [ObjectConnection] {
    try await read { database in
      func page(of table: String) throws -> [Row] {
        try Row.fetchAll(
          database, sql: "SELECT * FROM \(table) WHERE objectID > ? ORDER BY objectID LIMIT ?",
          arguments: [id?.rawValue ?? "", limit])
      }
      let users = try page(of: "link").map { ObjectConnection.user(try Link(row: $0)) }
      let groups = try page(of: "groupLink").map { ObjectConnection.group(try GroupLink(row: $0)) }
      return Array((users + groups).sorted { $0.objectID < $1.objectID }.prefix(limit))
    }
  }

  package func unlink(_ id: ObjectID) async throws(Failure) -> Bool {
    try await write { database in
      for table in ["entitlement", "groupMember"] {
        try database.execute(sql: "DELETE FROM \(table) WHERE objectID = ?", arguments: [id.rawValue])
      }
      var count = 0
      for table in ["link", "groupLink"] {
        try database.execute(sql: "DELETE FROM \(table) WHERE objectID = ?", arguments: [id.rawValue])
        count += database.changesCount
      }
      if count > 0 { try Self.bury(id, database) }
      return count > 0
    }
  }
}
