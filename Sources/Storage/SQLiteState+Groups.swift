import GRDB
package import ProvisioningModel

// Links of groups, and who was put into them.

extension SQLiteState {
  package func groupLink(_ id: ObjectID) async throws(Failure) -> GroupLink? {
    try await read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM groupLink WHERE objectID = ?", arguments: [id.rawValue])
        .map(GroupLink.init(row:))
    }
  }

  package func groupLinks() async throws(Failure) -> [GroupLink] {
    try await read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM groupLink ORDER BY objectID").map(GroupLink.init(row:))
    }
  }

  package func members(of group: ObjectID) async throws(Failure) -> Set<GroupMember> {
    try await read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM groupMember WHERE objectID = ?", arguments: [group.rawValue])
      return Set(rows.map(GroupMember.init(row:)))
    }
  }

  package func groups(containing user: ObjectID) async throws(Failure) -> [ObjectID] {
    try await read { database in
      try String.fetchAll(
        database, sql: "SELECT objectID FROM groupMember WHERE userID = ? ORDER BY objectID",
        arguments: [user.rawValue]
      ).map(ObjectID.init)
    }
  }

  package func groupsBehindTheirMembers() async throws(Failure) -> [ObjectID] {
    try await read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT DISTINCT member.objectID FROM groupMember member JOIN link ON link.objectID = member.userID
          WHERE CASE link.condition WHEN 'released' THEN NULL ELSE link.personID END IS NOT member.personID
            AND link.lostSince IS NULL
          ORDER BY member.objectID
          """
      ).map(ObjectID.init)
    }
  }

  package func adopt(_ links: [GroupLink]) async throws(Failure) {
    try await write { database in
      for link in links {
        try database.execute(sql: insertLink + " ON CONFLICT DO NOTHING", arguments: link.arguments)
      }
    }
  }

  static func apply(_ change: GroupChange, to group: ObjectID, _ database: Database) throws {
    switch change.link {
    case .unchanged: break
    case .set(let link):
      try database.execute(sql: "INSERT OR REPLACE" + insertLink.dropFirst("INSERT".count), arguments: link.arguments)
      try exhume(link.objectID, database)
    case .remove:
      try database.execute(sql: "DELETE FROM groupLink WHERE objectID = ?", arguments: [group.rawValue])
      try database.execute(sql: "DELETE FROM groupMember WHERE objectID = ?", arguments: [group.rawValue])
    }
    guard let members = change.members else { return }
    try database.execute(sql: "DELETE FROM groupMember WHERE objectID = ?", arguments: [group.rawValue])
    let insert = try database.cachedStatement(
      sql: "INSERT INTO groupMember (objectID, userID, personID) VALUES (?, ?, ?)")
    for member in members {
      try insert.execute(arguments: [group.rawValue, member.user.rawValue, member.person?.rawValue])
    }
  }
}

private let insertLink = """
  INSERT INTO groupLink (objectID, groupID, condition, digest, targetName, proof, orphanSince, lostSince)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  """

extension GroupLink {
  init(row: Row) throws {
    self.init(
      objectID: ObjectID(row["objectID"]), groupID: GroupID(row["groupID"]), condition: try stored(row["condition"]),
      digest: (row["digest"] as Int64?).map { UInt64(bitPattern: $0) }, targetName: row["targetName"],
      proof: try stored(row["proof"]), orphanSince: (row["orphanSince"] as Int64?).map { Timestamp(milliseconds: $0) },
      lostSince: (row["lostSince"] as Int64?).map { Timestamp(milliseconds: $0) })
  }

  fileprivate var arguments: StatementArguments {
    [
      objectID.rawValue, groupID.rawValue, condition.rawValue, digest.map { Int64(bitPattern: $0) }, targetName,
      proof.rawValue, orphanSince?.milliseconds, lostSince?.milliseconds,
    ]
  }
}

extension GroupMember {
  fileprivate init(row: Row) {
    self.init(user: ObjectID(row["userID"]), person: (row["personID"] as String?).map { PersonID($0) })
  }
}
