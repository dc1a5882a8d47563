import Provisioning
import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite("What is recorded at about the same time")
struct GroupCommitTests {
  /// Keeps what is committed; the first commit waits to be let through.
  private final class Disk: Sendable {
    private struct Contents {
      var commits: [[ObjectID]] = []
      var refused: Set<ObjectID> = []
    }

    private let contents = Mutex(Contents())
    private let begins: AsyncStream<Void>
    private let begin: AsyncStream<Void>.Continuation
    private let gate: AsyncStream<Void>
    private let open: AsyncStream<Void>.Continuation

    init() {
      (begins, begin) = AsyncStream.makeStream()
      (gate, open) = AsyncStream.makeStream()
    }

    var commits: [[ObjectID]] { contents.withLock { $0.commits } }
    func refuse(_ object: ObjectID) { contents.withLock { _ = $0.refused.insert(object) } }

    func commit(_ records: [RunRecord]) async throws(Failure) {
      begin.yield()
      for await _ in gate { break }
      let isRefused = contents.withLock { contents in
        contents.commits.append(records.map(\.objectID))
        return records.contains { contents.refused.contains($0.objectID) }
      }
      if isRefused { throw .unavailable }
    }

    func waitForFirst() async { for await _ in begins { break } }
    func letThrough() { open.finish() }
  }

  private let disk = Disk()
  private let group = GroupCommit()

  private func store(_ number: Int) async throws(Failure) {
    let record = RunRecord(objectID: .sample(number), escrow: .unchanged, entry: nil)
    try await group.store(record) { [disk] records throws(Failure) in try await disk.commit(records) }
  }

  /// One is being committed, and three more come.
  private func four() async -> [Task<Bool, Never>] {
    var tasks = [Task { [self] in (try? await store(1)) != nil }]
    await disk.waitForFirst()
    for number in 2...4 {
      tasks.append(Task { [self] in (try? await store(number)) != nil })
      while await group.count < number - 1 { await Task.yield() }
    }
    return tasks
  }

  @Test("the first is stored at once, and those who come meanwhile are together in the next transaction")
  func together() async {
    let tasks = await four()
    disk.letThrough()
    for task in tasks { #expect(await task.value) }
    #expect(disk.commits == [[.sample(1)], [.sample(2), .sample(3), .sample(4)]])
  }

  @Test("one that cannot be stored fails alone")
  func refused() async {
    disk.refuse(.sample(3))
    let tasks = await four()
    disk.letThrough()
    var isStored: [Bool] = []
    for task in tasks { isStored.append(await task.value) }
    #expect(isStored == [true, true, false, true])
  }

  @Test("a caller who is cancelled takes nobody along")
  func cancelled() async {
    let tasks = await four()
    tasks[0].cancel()
    tasks[1].cancel()
    disk.letThrough()
    for task in tasks.dropFirst() { #expect(await task.value) }
    #expect(disk.commits.count == 2)
  }
}
