import Foundation
import ProvisioningModel
import Storage
import Testing

@Suite("A copy of the state")
struct CopyTests {
  private static let now = Timestamp(milliseconds: 1_767_225_600_000)

  private let link = Link(objectID: ObjectID("user-1"), personID: PersonID("person-1"), targetName: "ada")

  private func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "rollcall copy % \(UUID().uuidString) ü")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  /// Names and contents of all files in the folder.
  private func contents(_ folder: URL) throws -> [String: Data] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).reduce(into: [:]) { contents, name in
      contents[name] = try Data(contentsOf: folder.appending(path: name))
    }
  }

  private func fill(_ state: SQLiteState) async throws {
    let entry = ProvisioningLogEntry(
      id: "e1", time: Self.now, cycleID: nil, action: .create, status: .success, duration: .zero,
      objectID: link.objectID, kind: .user, sourceName: nil, targetID: nil, targetName: nil, steps: [],
      modifiedProperties: [], failure: nil)
    try await state.record(RunRecord(objectID: link.objectID, link: .set(link), escrow: .clear, entry: entry))
    try await state.setWatermark(
      Watermark(users: "u", groups: "g", fingerprint: 1, storedAt: Self.now, fullCycleAt: Self.now), revisiting: [])
  }

  private func check(_ copy: SQLiteState) async throws {
    #expect(try await copy.links() == [link])
    #expect(try await copy.watermark()?.users == "u")
    #expect(try await copy.log(limit: 10).isEmpty)
    try await copy.record(RunRecord(objectID: link.objectID, link: .remove, escrow: .clear, entry: nil))
    #expect(try await copy.links().isEmpty)
    copy.close()
  }

  @Test("Given a file that is closed, the copy has what it has, and neither it nor its folder changes")
  func closedFile() async throws {
    try await withFolder { folder in
      let path = folder.path + "/state.sqlite"
      let state = try SQLiteState(path: path, now: Self.now)
      try await fill(state)
      state.close()
      let before = try contents(folder)
      try await check(try await SQLiteState.copy(of: path))
      #expect(try contents(folder) == before)
    }
  }

  @Test(
    "Given a file that another process has open, the copy has what was written so far, and what is written to it stays its own"
  )
  func openFile() async throws {
    try await withFolder { folder in
      let path = folder.path + "/state.sqlite"
      let state = try SQLiteState(path: path, now: Self.now)
      try await fill(state)
      let names = Set(try contents(folder).keys)
      try await check(try await SQLiteState.copy(of: path))
      #expect(Set(try contents(folder).keys) == names)
      #expect(try await state.links() == [link])
      state.close()
    }
  }

  @Test("Given a folder that may not be written to, the copy is made all the same")
  func readOnlyFolder() async throws {
    try await withFolder { folder in
      let path = folder.path + "/state.sqlite"
      let state = try SQLiteState(path: path, now: Self.now)
      try await fill(state)
      state.close()
      try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
      defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path) }
      try await check(try await SQLiteState.copy(of: path))
    }
  }

  @Test("Given no file, the copy is empty and no file comes of it")
  func noFile() async throws {
    try await withFolder { folder in
      let copy = try await SQLiteState.copy(of: folder.path + "/state.sqlite")
      #expect(try await copy.links().isEmpty)
      copy.close()
      #expect(try contents(folder).isEmpty)
    }
  }

  @Test("Given a damaged file, the copy is empty and says so, and the file stays where it is")
  func damagedFile() async throws {
    try await withFolder { folder in
      let path = folder.path + "/state.sqlite"
      try Data("this is not a database".utf8 + Data(count: 4096)).write(to: URL(filePath: path))
      let before = try contents(folder)
      let copy = try await SQLiteState.copy(of: path)
      #expect(try await copy.links().isEmpty)
      #expect(copy.damagedFile == path)
      copy.close()
      #expect(try contents(folder) == before)
    }
  }
}
