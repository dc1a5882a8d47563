import GRDB
package import ProvisioningModel
import Synchronization

/// The port `State` on one SQLite file in WAL mode. The file is a cache: a damaged one is set aside and a new one begun.
package final class SQLiteState: State {
  private let file: StateFile
  /// Whether the last write failed: then the next look at the state tries one.
  private let isWriteInDoubt = Mutex(false)

  /// The file that was set aside, or passed over by a copy, because it could not be read; nil when all was well.
  package var damagedFile: String? { file.damagedFile }

  /// Whether the file is left alone because a newer version has changed what this one relies on.
  package var isOfNewerVersion: Bool { file.isNewer }

  /// What the file and its write-ahead log take on the disk.
  package var bytes: Int { FileVersion.all(file.path).map(\.size).reduce(0, +) }

  /// Why the file is not open; nil when it is.
  package var openingFailure: Failure? { file.failure }

  /// Opens the file, making it if need be.
  /// - Throws: When the place cannot be written to, the disk is full, or another process owns the file.
  package convenience init(path: String, now: Timestamp) throws(Failure) {
    self.init(StateFile(path: path, now: { now }, onDamage: { _ in }))
    try file.open()
  }

  /// As `init(path:now:)`, but a place that cannot be used fails reads and writes alone, until it can be.
  /// - Parameter onDamage: Hears of a damaged file that was set aside.
  /// - Throws: When another process owns the file.
  package static func opening(
    path: String, clock: any WallClock, onDamage: @escaping @Sendable (_ setAside: String) -> Void
  ) throws(Failure) -> SQLiteState {
    let state = SQLiteState(StateFile(path: path, now: { clock.now }, onDamage: onDamage))
    do throws(Failure) {
      try state.file.open()
    } catch {
      if error.code == .stateInUse { throw error }
    }
    return state
  }

  private init(_ file: StateFile) {
    self.file = file
  }

  /// A copy in memory.
  convenience init(_ database: any DatabaseWriter, path: String, damagedFile: String?) {
    self.init(StateFile(copy: database, path: path, damagedFile: damagedFile))
  }

  /// Whether a process works on the file. Writes nothing.
  package static func isInUse(path: String) -> Bool { FileLock.isHeld(besides: path) }

  /// Closes the file and lets another process have it; all reads and writes fail afterwards.
  package func close() {
    file.close()
  }

  /// - Throws: Why the state cannot be read or written now.
  package func check() async throws(Failure) {
    if isWriteInDoubt.withLock({ $0 }) { try await write(StateFile.writeProbe) }
    _ = try await watermark()
  }

  // MARK: Links

  package func link(_ id: ObjectID) async throws(Failure) -> Link? {
    try await read { database in
      try Row.fetchOne(
        database.cachedStatement(sql: "SELECT * FROM link WHERE objectID = ?"), arguments: [id.rawValue]
      ).map(Link.init(row:))
    }
  }

  package func link(person: PersonID) async throws(Failure) -> Link? {
    try await read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM link WHERE personID = ?", arguments: [person.rawValue])
        .map(Link.init(row:))
    }
  }

  package func links() async throws(Failure) -> [Link] {
    try await read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM link ORDER BY objectID").map(Link.init(row:))
    }
  }

  package func links(of users: Set<ObjectID>) async throws(Failure) -> [Link] {
    try await read { database in
      var links: [Link] = []
      var ids = users.map(\.rawValue)[...]
      // Of the parameters that SQLite takes in one statement.
      while !ids.isEmpty {
        let some = Array(ids.prefix(500))
        ids.removeFirst(some.count)
        let marks = databaseQuestionMarks(count: some.count)
        links += try Row.fetchAll(
          database, sql: "SELECT * FROM link WHERE objectID IN (\(marks))", arguments: StatementArguments(some)
        ).map(Link.init(row:))
      }
      return links
    }
  }

  package func links(awaiting manager: ObjectID) async throws(Failure) -> [ObjectID] {
    try await read { database in
      try String.fetchAll(
        database.cachedStatement(sql: "SELECT objectID FROM link WHERE pendingSupervisor = ?"),
        arguments: [manager.rawValue]
      ).map(ObjectID.init)
    }
  }

  package func linksAwaitingSomebodyLinked() async throws(Failure) -> [ObjectID] {
    try await read { database in
      try String.fetchAll(
        database, sql: "SELECT objectID FROM link WHERE pendingSupervisor IN (SELECT objectID FROM link)"
      ).map(ObjectID.init)
    }
  }

  package func adopt(_ links: [Link]) async throws(Failure) {
    try await write { database in
      for link in links {
        try database.executeCached(sql: Self.insertLink + " ON CONFLICT DO NOTHING", arguments: link.arguments)
        try Self.releaseOthers(link, database)
      }
    }
  }

  package func forgetDigests() async throws(Failure) {
    try await write { database in
      try database.execute(sql: "UPDATE link SET digest = NULL")
      try database.execute(sql: "UPDATE groupLink SET digest = NULL")
    }
  }

  /// A person is one user's: a user who had it before has left it behind.
  private static func releaseOthers(_ link: Link, _ database: Database) throws {
    if link.isLost { return }
    try database.executeCached(
      sql: """
        UPDATE link SET condition = 'released', digest = NULL, pendingSupervisor = NULL
        WHERE personID = ? AND objectID <> ?
        """, arguments: [link.personID.rawValue, link.objectID.rawValue])
  }

  /// No other user's is in use either: a former one would only lead others to a person who is gone.
  private static func removeLink(of object: ObjectID, _ database: Database) throws {
    try database.executeCached(
      sql: """
        DELETE FROM link WHERE condition = 'released' AND personID = (SELECT personID FROM link WHERE objectID = ?)
        """, arguments: [object.rawValue])
    try database.executeCached(sql: "DELETE FROM link WHERE objectID = ?", arguments: [object.rawValue])
  }

  private static let insertLink = """
    INSERT INTO link (objectID, personID, condition, digest, targetName, pendingSupervisor, proof, orphanSince, lostSince)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

  package func kept(of object: ObjectID) async throws(Failure) -> KeptObject {
    try await read { database in
      let id: StatementArguments = [object.rawValue]
      return KeptObject(
        link: try Row.fetchOne(database.cachedStatement(sql: "SELECT * FROM link WHERE objectID = ?"), arguments: id)
          .map(Link.init(row:)),
        escrow: try Row.fetchOne(
          database.cachedStatement(sql: "SELECT * FROM escrow WHERE objectID = ?"), arguments: id
        ).map(Escrow.init(row:)),
        entitlement: try Int64.fetchOne(
          database.cachedStatement(sql: "SELECT digest FROM entitlement WHERE objectID = ?"), arguments: id
        ).map(UInt64.init(bitPattern:)))
    }
  }

  package func entitlements(of kind: ObjectKind) async throws(Failure) -> [ObjectID: UInt64] {
    try await read { database in
      var digests: [ObjectID: UInt64] = [:]
      let rows = try Row.fetchCursor(
        database, sql: "SELECT objectID, digest FROM entitlement WHERE kind = ?", arguments: [kind.rawValue])
      while let row = try rows.next() { digests[ObjectID(row[0])] = UInt64(bitPattern: row[1]) }
      return digests
    }
  }

  // MARK: Outcomes

  package func record(_ outcome: RunRecord) async throws(Failure) {
    try await write { database in
      switch outcome.link {
      case .unchanged: break
      case .set(let link):
        try database.executeCached(
          sql: "INSERT OR REPLACE" + Self.insertLink.dropFirst("INSERT".count), arguments: link.arguments)
        try Self.releaseOthers(link, database)
        try Self.exhume(link.objectID, database)
      case .remove: try Self.removeLink(of: outcome.objectID, database)
      }
      try Self.apply(outcome.group, to: outcome.objectID, database)
      switch outcome.escrow {
      case .unchanged: break
      case .clear:
        try database.executeCached(sql: "DELETE FROM escrow WHERE objectID = ?", arguments: [outcome.objectID.rawValue])
      case .set(let escrow):
        try database.executeCached(
          sql: """
            INSERT OR REPLACE INTO escrow (objectID, kind, failure, attempts, firstFailure, lastAttempt, nextAttempt)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, arguments: escrow.arguments)
      }
      switch outcome.entitlement {
      case .unchanged: break
      case .set(let digest): try Self.setEntitlement(digest, of: outcome.objectID, outcome.kind, in: database)
      case .forgetAll:
        try database.executeCached(sql: "UPDATE entitlement SET digest = 0 WHERE kind = 'User'")
        try Self.setEntitlement(0, of: outcome.objectID, outcome.kind, in: database)
      }
      try Self.apply(outcome.removal, to: outcome.objectID, in: database)
      if outcome.endsCreation { try Self.endCreation(of: outcome.objectID, in: database) }
      if let entry = outcome.entry { try Self.insert(entry, into: database) }
    }
  }

  private static func setEntitlement(
    _ digest: UInt64?, of object: ObjectID, _ kind: ObjectKind, in database: Database
  ) throws {
    if let digest {
      try database.executeCached(
        sql: "INSERT OR REPLACE INTO entitlement (objectID, digest, kind) VALUES (?, ?, ?)",
        arguments: [object.rawValue, Int64(bitPattern: digest), kind.rawValue])
    } else {
      try database.executeCached(sql: "DELETE FROM entitlement WHERE objectID = ?", arguments: [object.rawValue])
    }
  }

  package func escrow(_ id: ObjectID) async throws(Failure) -> Escrow? {
    try await read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM escrow WHERE objectID = ?", arguments: [id.rawValue])
        .map(Escrow.init(row:))
    }
  }

  package func escrowCount() async throws(Failure) -> Int {
    try await read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM escrow") ?? 0 }
  }

  package func escrows() async throws(Failure) -> [Escrow] {
    try await read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM escrow ORDER BY objectID").map(Escrow.init(row:))
    }
  }

  package func escrows(after id: ObjectID?, limit: Int) async throws(Failure) -> [Escrow] {
    try await read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM escrow WHERE objectID > ? ORDER BY objectID LIMIT ?",
        arguments: [id?.rawValue ?? "", limit]
      ).map(Escrow.init(row:))
    }
  }

  // MARK: Watermark and subscriptions

  package func watermark() async throws(Failure) -> Watermark? {
    try await read { try Row.fetchOne($0, sql: "SELECT * FROM watermark").map(Watermark.init(row:)) }
  }

  package func revisits() async throws(Failure) -> [ObjectKind: Set<ObjectID>] {
    try await read { database in
      var revisits: [ObjectKind: Set<ObjectID>] = [:]
      let rows = try Row.fetchCursor(database, sql: "SELECT objectID, kind FROM revisit")
      while let row = try rows.next() {
        if let kind = ObjectKind(rawValue: row[1]) { revisits[kind, default: []].insert(ObjectID(row[0])) }
      }
      return revisits
    }
  }

  package func setWatermark(_ watermark: Watermark?, revisiting: Set<WorkKey>) async throws(Failure) {
    try await write { database in
      try database.execute(sql: "DELETE FROM revisit")
      for key in revisiting {
        guard let (kind, id) = key.object else { continue }
        try database.executeCached(
          sql: "INSERT INTO revisit (objectID, kind) VALUES (?, ?)", arguments: [id.rawValue, kind.rawValue])
      }
      guard let watermark else { return try database.execute(sql: "DELETE FROM watermark") }
      try database.execute(
        sql: """
          INSERT OR REPLACE INTO watermark (id, users, groups, fingerprint, storedAt, fullCycleAt)
          VALUES (1, ?, ?, ?, ?, ?)
          """, arguments: watermark.arguments)
    }
  }

  package func subscriptions() async throws(Failure) -> [SubscriptionRecord] {
    try await read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM subscription ORDER BY resource").map(SubscriptionRecord.init(row:))
    }
  }

  package func setSubscriptions(_ subscriptions: [SubscriptionRecord]) async throws(Failure) {
    try await write { database in
      try database.execute(sql: "DELETE FROM subscription")
      for subscription in subscriptions {
        try database.execute(
          sql: """
            INSERT OR REPLACE INTO subscription (resource, id, expiration, notificationURL, clientStateDigest)
            VALUES (?, ?, ?, ?, ?)
            """, arguments: subscription.arguments)
      }
    }
  }

  // MARK: Access

  func read<Answer: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Answer
  ) async throws(Failure) -> Answer {
    let database = try await file.database()
    do { return try await database.read(body) } catch { throw failure(error) }
  }

  func write<Answer: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Answer
  ) async throws(Failure) -> Answer {
    let database = try await file.database()
    do {
      let answer = try await database.write(body)
      isWriteInDoubt.withLock { $0 = false }
      return answer
    } catch {
      let failure = failure(error)
      if failure.remedy != .cancelled { isWriteInDoubt.withLock { $0 = true } }
      throw failure
    }
  }

  private func failure(_ error: any Error) -> Failure {
    if error is CancellationError { return .cancelled }
    let databaseError = error as? DatabaseError
    let description = databaseError.map { $0.message ?? "\($0.resultCode)" } ?? "\(type(of: error))"
    let isDamaged = databaseError.map { [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains($0.resultCode) } ?? false
    return Failure(
      .retry(after: nil), .stateUnavailable, "The state file '\(file.path)' cannot be read or written: \(description).",
      advice: isDamaged
        ? "Start the service anew: it sets the damaged file aside and rebuilds it. Nothing is removed meanwhile."
        : "Check the disk's free space and the file's permissions. Nothing is removed meanwhile.")
  }
}

extension Database {
  /// As `execute`, with a statement that is compiled once per connection.
  func executeCached(sql: String, arguments: StatementArguments = .init()) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }
}
