import GRDB
package import ProvisioningModel

// What the state is a cache of.

extension SQLiteState {
  package func identity() async throws(Failure) -> StateIdentity? {
    try await read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM identity").map { row in
        StateIdentity(
          ConfiguredIdentity(tenant: row["tenant"], cloud: row["cloud"], host: row["host"], prefix: row["prefix"]),
          application: ObjectID(row["application"]), schema: row["schema"])
      }
    }
  }

  package func setIdentity(_ identity: StateIdentity, forgettingTarget: Bool) async throws(Failure) {
    try await write { database in
      if forgettingTarget {
        try Self.forgetLinks(database)
        for table in ["creation", "refusedLanguage", "tombstone", "watermark"] {
          try database.execute(sql: "DELETE FROM \(table)")
        }
      }
      let configured = identity.configured
      try database.execute(
        sql: """
          INSERT OR REPLACE INTO identity (id, tenant, cloud, application, host, prefix, schema)
          VALUES (1, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          configured.tenant, configured.cloud, identity.application.rawValue, configured.host, configured.prefix,
          identity.schema,
        ])
    }
  }
}
