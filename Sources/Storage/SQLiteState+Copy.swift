import GRDB
package import ProvisioningModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SQLiteState {
  /// A copy in memory of the state as the file has it at this moment, without the provisioning log; what is written to it is gone with
  /// it. The file is read beside a service that has it open and needs no right to write; nothing is left beside it. A file that is not
  /// there, or is damaged, gives an empty state, which is what a service would begin with.
  /// - Throws: When the file is there and cannot be read.
  package static func copy(of path: String) async throws(Failure) -> SQLiteState {
    do throws(OpenError) {
      return SQLiteState(try await memory(copying: path), path: path, damagedFile: nil)
    } catch .damaged {
      do throws(OpenError) {
        return SQLiteState(try await memory(copying: nil), path: path, damagedFile: path)
      } catch {
        throw error.failure(path: path)
      }
    } catch {
      throw error.failure(path: path)
    }
  }

  private static func memory(copying path: String?) async throws(OpenError) -> DatabaseQueue {
    do {
      let database = try DatabaseQueue()
      if let path, FileLock.exists(path) { try await copy(path, into: database) }
      guard try await database.read({ try Schema.migrator.obstacles(in: $0).isEmpty }) else { throw OpenError.newer }
      try Schema.migrator.migrate(database)
      return database
    } catch let error as OpenError {
      throw error
    } catch let error as DatabaseError {
      throw OpenError(error)
    } catch {
      throw .unusable("\(error)")
    }
  }

  private static func copy(_ path: String, into database: DatabaseQueue) async throws {
    // SQLite reads a WAL database only with files beside it, which it makes if need be, unless it is told that no other process has it open.
    // That may be said while the log is empty; should anything change meanwhile, what was read may be of two moments.
    let before = FileVersion.all(path)
    if before[1].isEmpty {
      try await copy(path, "mode=ro&immutable=1", into: database)
      if FileVersion.all(path) == before { return }
      try await database.erase()
    }
    try await copy(path, "mode=ro", into: database)
  }

  private static func copy(_ path: String, _ options: String, into database: DatabaseQueue) async throws {
    try await database.writeWithoutTransaction { database in
      guard try Bool.fetchOne(database, sql: "SELECT sqlite_compileoption_used('USE_URI')") == true else {
        throw OpenError.unusable("this SQLite cannot open files for reading only")
      }
      try database.execute(sql: "ATTACH ? AS file", arguments: ["file:\(uriPath(path))?\(options)"])
      defer { try? database.execute(sql: "DETACH file") }
      try database.inTransaction {
        let tables = try Row.fetchAll(
          database, sql: "SELECT name, sql FROM file.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        for table in tables {
          let name = (table["name"] as String).quotedDatabaseIdentifier
          try database.execute(sql: table["sql"])
          if table["name"] != "log" {
            try database.execute(sql: "INSERT INTO main.\(name) SELECT * FROM file.\(name)")
          }
        }
        for index in try String.fetchAll(
          database, sql: "SELECT sql FROM file.sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        {
          try database.execute(sql: index)
        }
        return .commit
      }
    }
  }

  /// Percent-encoded, as SQLite wants the paths of its URIs.
  private static func uriPath(_ path: String) -> String {
    path.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        String(UnicodeScalar(byte))
      default: (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
      }
    }.joined()
  }
}

/// Differs when a file was written to in between.
struct FileVersion: Equatable {
  var size = 0
  var inode = 0
  var seconds = 0
  var nanoseconds = 0

  var isEmpty: Bool { size == 0 }

  init(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    size = Int(status.st_size)
    inode = Int(status.st_ino)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }

  /// Of the database and of its write-ahead log.
  static func all(_ path: String) -> [FileVersion] { [FileVersion(path), FileVersion(path + "-wal")] }
}
