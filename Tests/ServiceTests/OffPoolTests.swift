import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Service

/// Each of these would hang were the work on the threads that Swift's tasks share: it is held until a task of those has run.
@Suite("Long and blocking work leaves the threads of Swift's tasks alone", .timeLimit(.minutes(1)))
struct OffPoolTests {
  /// More than the machine has cores.
  private static let many = 4 * ProcessInfo.processInfo.activeProcessorCount

  private static func block(_ semaphore: DispatchSemaphore) { semaphore.wait() }

  @Test("Tasks go on while more lanes are taken than there are cores; then one more is refused")
  func lanes() async {
    let lanes = Lanes("test", Self.many)
    let gate = DispatchSemaphore(value: 0)
    let began = Count()
    await withTaskGroup(of: Int?.self) { group in
      for _ in 0..<Self.many {
        group.addTask {
          await lanes.run {
            began.add()
            Self.block(gate)
            return 1
          }
        }
      }
      while began.value < Self.many { await Task.yield() }
      #expect(await Task.detached { await lanes.run { 0 } }.value == nil)
      for _ in 0..<Self.many { gate.signal() }
      for await one in group { #expect(one == 1) }
    }
    #expect(await lanes.run { 7 } == 7)
  }

  @Test("Tasks go on while the workers' threads are taken, and those take up the rest afterwards")
  func workers() async {
    let threads = WorkerThreads("test", Self.many)
    let gate = DispatchSemaphore(value: 0)
    let done = Count()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<3 * Self.many {
        group.addTask(executorPreference: threads) {
          Self.block(gate)
          done.add()
        }
      }
      await Task.detached { await Task.yield() }.value
      #expect(done.value == 0)
      for _ in 0..<3 * Self.many { gate.signal() }
    }
    #expect(done.value == 3 * Self.many)
  }

  @Test("Of many who want a read that hangs, each is told so in time, and one thread is taken")
  func hangingRead() async throws {
    let gate = DispatchSemaphore(value: 0)
    let reads = Count()
    let read = PatientRead("test", patience: .milliseconds(50)) {
      Self.block(gate)
      return reads.add()
    }
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<200 { group.addTask { (try? await read.value()) == nil } }
      for await hangs in group { #expect(hangs) }
    }
    await #expect(throws: PatientRead<Int>.Hangs.self) { try await read.value() }
    gate.signal()
    gate.signal()
    var value: Int?
    while value == nil { value = try? await read.value() }
    #expect(value == 2, "the first came back too late for all")
  }

  @Test("A secret on a volume that does not answer is an error that names the file, until it answers")
  func secret() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID()).fifo").path
    try #require(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    let secret = Secret(.file(path), recheck: .zero, patience: .milliseconds(50))
    for _ in 0..<Self.many {
      await #expect {
        try await secret.load()
      } throws: { error in
        "\(error)".contains(path) && "\(error)".contains("does not answer")
      }
    }
    // The volume comes back: the read under way ends, and the next one finds a file.
    let descriptor = open(path, O_RDWR | O_NONBLOCK)
    unlink(path)
    try Data("back\n".utf8).write(to: URL(filePath: path))
    _ = "late\n".withCString { write(descriptor, $0, 5) }
    close(descriptor)
    var text: String?
    while text != "back" { text = try? await secret.load() }
  }
}

private final class Count: Sendable {
  private let count = Mutex(0)

  var value: Int { count.withLock { $0 } }

  @discardableResult
  func add() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}
