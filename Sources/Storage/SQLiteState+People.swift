import GRDB
package import ProvisioningModel

// Searching for people.

extension SQLiteState {
  package func people(matching text: String, after id: ObjectID?, limit: Int) async throws(Failure) -> [ObjectID] {
    let text = text.lowercased()
    return try await read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT objectID FROM link
          WHERE objectID > :after AND (objectID = :text OR personID = :text OR instr(lower(targetName), :text) > 0)
          UNION SELECT objectID FROM log
          WHERE objectID > :after AND kind = :user AND instr(searchText, :text) > 0
          UNION SELECT objectID FROM escrow WHERE objectID > :after AND kind = :user AND objectID = :text
          ORDER BY objectID LIMIT :limit
          """,
        arguments: [
          "after": id?.rawValue ?? "", "text": text, "user": ObjectKind.user.rawValue, "limit": limit,
        ]
      ).map { ObjectID($0) }
    }
  }

  package func actions(since time: Timestamp) async throws(Failure) -> [Timestamp: [String: Int]] {
    try await read { database in
      var actions: [Timestamp: [String: Int]] = [:]
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT time / 3600000 AS hour, CASE status WHEN :failure THEN :failure ELSE action END AS name,
            COUNT(*) AS number
          FROM log WHERE time >= :time GROUP BY hour, name
          """,
        arguments: ["failure": ProvisioningLogEntry.Status.failure.rawValue, "time": time.milliseconds])
      while let row = try rows.next() {
        let hour: Int64 = row["hour"]
        actions[Timestamp(milliseconds: hour * 3_600_000), default: [:]][row["name"]] = row["number"]
      }
      return actions
    }
  }
}
