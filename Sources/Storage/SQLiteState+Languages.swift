import GRDB
package import ProvisioningModel

// Languages that xMatters has refused.

extension SQLiteState {
  package func refusedLanguages() async throws(Failure) -> [String: Timestamp] {
    try await read { database in
      let rows = try Row.fetchAll(database, sql: "SELECT code, at FROM refusedLanguage")
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["code"], Timestamp(milliseconds: $0["at"])) })
    }
  }

  package func refuse(languages: [String: Timestamp]) async throws(Failure) {
    try await write { database in
      for (code, time) in languages {
        try database.execute(
          sql: "INSERT OR REPLACE INTO refusedLanguage (code, at) VALUES (?, ?)", arguments: [code, time.milliseconds])
      }
    }
  }
}
