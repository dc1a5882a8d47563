import Foundation
import GRDB
import ProvisioningModel
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("State files that cannot be used as they are")
struct StateFileTests {
  private func write(_ sql: String, to path: String) throws {
    let database = try DatabaseQueue(path: path)
    try database.write { try $0.execute(sql: sql) }
    try database.close()
  }

  @Test("Given a place that cannot be used, reads and writes fail and say so, until it can be")
  func mended() async throws {
    try await withStatePath { path in
      // A folder stands where the file is to be.
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      let state = try SQLiteState.opening(path: path, clock: FixedClock()) { _ in }
      for _ in 0..<3 {
        await #expect {
          try await state.check()
        } throws: { error in
          (error as? Failure)?.code == .stateUnavailable && (error as? Failure)?.reason.contains(path) == true
        }
      }
      try FileManager.default.removeItem(atPath: path)
      let deadline = ContinuousClock.now + .seconds(30)
      while ContinuousClock.now < deadline {
        if (try? await state.check()) != nil { break }
        try await Task.sleep(for: .milliseconds(50))
      }
      try await state.setJobRecord(JobRecord())
      #expect(try await state.links().isEmpty)
      state.close()
    }
  }

  @Test("Given a file that another process owns, the service is told at once")
  func owned() async throws {
    try await withStatePath { path in
      let first = try SQLiteState(path: path, now: FixedClock.start)
      #expect {
        try SQLiteState.opening(path: path, clock: FixedClock()) { _ in }
      } throws: { error in
        (error as? Failure)?.code == .stateInUse
      }
      first.close()
      let second = try SQLiteState.opening(path: path, clock: FixedClock()) { _ in }
      try await second.check()
      second.close()
    }
  }

  @Test("Given a damaged file, it is set aside under the time of the day, and it is reported")
  func damaged() async throws {
    try await withStatePath { path in
      try Data(String(repeating: "not a database", count: 500).utf8).write(to: URL(filePath: path))
      let heard = Mutex<[String]>([])
      let state = try SQLiteState.opening(path: path, clock: FixedClock()) { file in heard.withLock { $0.append(file) }
      }
      let aside = "\(path).damaged-\(FixedClock.start.milliseconds / 1000)"
      #expect(heard.withLock { $0 } == [aside])
      #expect(FileManager.default.fileExists(atPath: aside))
      try await state.check()
      state.close()
    }
  }

  @Test("Given pages that are damaged inside a file that opens, it is set aside too")
  func damagedInside() async throws {
    try await withStatePath { path in
      let first = try SQLiteState(path: path, now: FixedClock.start)
      try await first.adopt((0..<2000).map { Link(objectID: .sample($0), personID: PersonID("person-\($0)")) })
      first.close()
      let file = try FileHandle(forUpdating: URL(filePath: path))
      for page in stride(from: 4096 * 20, to: 4096 * 40, by: 4096) {
        try file.seek(toOffset: UInt64(page))
        try file.write(contentsOf: Data(repeating: 0xa5, count: 4096))
      }
      try file.close()
      let state = try SQLiteState(path: path, now: FixedClock.start)
      #expect(state.damagedFile != nil)
      #expect(try await state.links().isEmpty)
      state.close()
    }
  }

  @Test("Given a damaged file, a pause, held removals and the audit go over into the new one")
  func salvaged() async throws {
    try await withStatePath { path in
      let first = try SQLiteState(path: path, now: FixedClock.start)
      var job = JobRecord()
      (job.isPaused, job.successiveCompleteFailures) = (true, 3)
      try await first.setJobRecord(job)
      let held = HeldRemoval(
        objectID: .sample(1), kind: .user, action: .disable, since: FixedClock.start)
      try await first.hold([held], [])
      let order = AuditEntry(
        id: "order", time: FixedClock.start, actor: "admin token", address: nil, action: "pauseJob", objectIDs: [],
        status: 204, result: .success)
      try await first.record(order)
      try await first.adopt((0..<2000).map { Link(objectID: .sample($0), personID: PersonID("person-\($0)")) })
      first.close()
      // The links are at the end: the pages before hold what was ordered.
      let file = try FileHandle(forUpdating: URL(filePath: path))
      let pages = try file.seekToEnd() / 4096
      for page in (pages - 20)..<pages {
        try file.seek(toOffset: page * 4096)
        try file.write(contentsOf: Data(repeating: 0xa5, count: 4096))
      }
      try file.close()
      let state = try SQLiteState(path: path, now: FixedClock.start)
      #expect(state.damagedFile != nil)
      var kept = JobRecord()
      kept.isPaused = true
      #expect(try await state.jobRecord() == kept)
      #expect(try await state.heldRemovals() == [held])
      #expect(try await state.audit(after: nil, limit: 10).entries == [order])
      #expect(try await state.links().isEmpty)
      state.close()
    }
  }

  @Test("Given a disk without room, writes fail and say so, and the state is usable again once there is room")
  func full() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: FixedClock.start)
      try await state.adopt([Link(objectID: .sample(1), personID: PersonID("person-1"))])
      try await state.limitPages(to: 1)
      let links = (2...5000).map { Link(objectID: .sample($0), personID: PersonID("person-\($0)")) }
      await #expect {
        try await state.adopt(links)
      } throws: { error in
        (error as? Failure)?.reason.contains("full") == true
      }
      #expect(try await state.links().count == 1, "what was there is still there")
      try await state.limitPages(to: 1_000_000)
      try await state.check()
      try await state.adopt(links)
      #expect(try await state.links().count == 5000)
      state.close()
    }
  }
}
