import Foundation
import GRDB

@testable import Storage

/// Gives a test the path of a state file in a folder of its own.
func withStatePath(_ body: (String) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "rollcall-state-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try await body(folder.path + "/state.sqlite")
}

extension SQLiteState {
  /// As a disk that has room for no more than so many pages, or for those that are there already.
  func limitPages(to count: Int) async throws {
    try await write { try $0.execute(sql: "PRAGMA max_page_count = \(count)") }
  }
}
