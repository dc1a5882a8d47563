import Dispatch
import GRDB
import ProvisioningModel
import Synchronization

/// The file of a state: owned by one process, set aside when it is damaged, and opened as soon as its place can be used.
final class StateFile: Sendable {
  /// Places that cannot be used are tried again after this at the earliest.
  private static let pause = Duration.seconds(1)

  private struct Access {
    var database: (any DatabaseWriter)?
    /// Held until the file is closed or the process ends, so that no second one works on the same file.
    var lock: FileLock?
    var damagedFile: String?
    var failure: Failure?
    var triedAt = ContinuousClock.now
    var isNewer = false
    var isClosed = false
  }

  let path: String
  private let now: @Sendable () -> Timestamp
  private let onDamage: @Sendable (_ setAside: String) -> Void
  private let access = Mutex(Access())
  /// Opening may take its time: one at a time, and on no thread that others wait for.
  private let opener = DispatchQueue(label: "state")

  init(
    path: String, now: @escaping @Sendable () -> Timestamp, onDamage: @escaping @Sendable (_ setAside: String) -> Void
  ) {
    self.path = path
    self.now = now
    self.onDamage = onDamage
  }

  /// A copy of the file in memory, without an owner.
  /// - Parameter damagedFile: The file, when it could not be read.
  init(copy: any DatabaseWriter, path: String, damagedFile: String?) {
    self.path = path
    now = { .never }
    onDamage = { _ in }
    access.withLock { access in
      access.database = copy
      access.damagedFile = damagedFile
    }
  }

  /// Whether it is left alone because a newer version has written it.
  var isNewer: Bool { access.withLock { $0.isNewer } }

  /// Why it is not open; nil when it is.
  var failure: Failure? { access.withLock { $0.failure } }

  /// The file that was set aside, or passed over by a copy, because it could not be read; nil when all was well.
  var damagedFile: String? { access.withLock { $0.damagedFile } }

  /// The open database; tries to open it when it is not.
  /// - Throws: Why it cannot be opened.
  func database() async throws(Failure) -> any DatabaseWriter {
    if let database = access.withLock({ $0.database }) { return database }
    let result = await withCheckedContinuation { continuation in
      opener.async { continuation.resume(returning: self.openIfDue()) }
    }
    return try result.get()
  }

  /// Opens it now, on the caller's thread.
  func open() throws(Failure) {
    _ = try opener.sync { openIfDue() }.get()
  }

  /// Closes it and lets another process have it. It is not opened again.
  func close() {
    let (database, isOwner) = access.withLock { access in
      access.isClosed = true
      defer { access.database = nil }
      return (access.database, access.lock != nil)
    }
    // A later reader of the file then finds all of it in one place.
    if isOwner { try? database?.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
    try? database?.close()
    access.withLock { access in
      access.lock?.release()
      access.lock = nil
    }
  }

  // MARK: Opening

  private func openIfDue() -> Result<any DatabaseWriter, Failure> {
    let known = access.withLock { access -> Result<any DatabaseWriter, Failure>? in
      if access.isClosed { return .failure(OpenError.unusable("it is closed").failure(path: path)) }
      if let database = access.database { return .success(database) }
      if let failure = access.failure, access.triedAt.duration(to: .now) < Self.pause { return .failure(failure) }
      return nil
    }
    if let known { return known }
    let result: Result<any DatabaseWriter, Failure>
    do throws(Failure) {
      result = .success(try openNow())
    } catch {
      result = .failure(error)
    }
    access.withLock { access in
      access.triedAt = .now
      switch result {
      case .success(let database): (access.database, access.failure) = (database, nil)
      case .failure(let failure): access.failure = failure
      }
    }
    return result
  }

  private func openNow() throws(Failure) -> DatabasePool {
    if access.withLock({ $0.lock == nil }) {
      let lock = try FileLock(besides: path)
      access.withLock { $0.lock = lock }
    }
    do throws(OpenError) {
      return try Self.open(path)
    } catch .damaged {
    } catch {
      if case .newer = error { access.withLock { $0.isNewer = true } }
      throw error.failure(path: path)
    }
    let aside = "\(path).damaged-\(now().milliseconds / 1000)"
    try setAside(as: aside)
    access.withLock { $0.damagedFile = aside }
    onDamage(aside)
    do throws(OpenError) {
      let database = try Self.open(path)
      Salvage.copy(from: aside, to: database)
      return database
    } catch {
      throw error.failure(path: path)
    }
  }

  private static func open(_ path: String) throws(OpenError) -> DatabasePool {
    var configuration = Configuration()
    configuration.label = "state"
    configuration.maximumReaderCount = 4
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = NORMAL")
    }
    do {
      guard try isUsable(path) else { throw OpenError.newer }
      let pool = try DatabasePool(path: path, configuration: configuration)
      try Schema.migrator.migrate(pool)
      let verdict = try pool.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
      guard verdict == "ok" else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
      // A file that can only be read, or a full disk, shows now and not with the first outcome to be recorded.
      try pool.write(writeProbe)
      return pool
    } catch let error as OpenError {
      throw error
    } catch let error as DatabaseError {
      throw OpenError(error)
    } catch {
      throw .unusable("\(error)")
    }
  }

  /// Whether this version can work with the file. A pool writes to a file as soon as it opens it: this does not.
  private static func isUsable(_ path: String) throws -> Bool {
    guard FileLock.exists(path) else { return true }
    var configuration = Configuration()
    configuration.readonly = true
    let database = try DatabaseQueue(path: path, configuration: configuration)
    return try database.read { try Schema.migrator.obstacles(in: $0).isEmpty }
  }

  /// Writes something that is never read.
  static func writeProbe(_ database: Database) throws {
    try database.execute(sql: "PRAGMA user_version = \(Int32.random(in: 1...Int32.max))")
  }

  private func setAside(as aside: String) throws(Failure) {
    for suffix in ["", "-wal", "-shm"] where FileLock.exists(path + suffix) {
      guard FileLock.rename(path + suffix, to: aside + suffix) else {
        throw OpenError.unusable("it is damaged and cannot be renamed").failure(path: path)
      }
    }
  }
}
