import Synchronization
import TestSupport
import Testing
import WorkQueue

/// The shell around the machine: waiting, waking, cancelling.
@Suite(.timeLimit(.minutes(5))) struct QueueTests {
  private let clock = ManualClock()

  private func makeQueue(capacity: Int = 10_000) -> WorkQueue<Int, ManualClock> {
    WorkQueue(
      configuration: WorkQueueConfiguration(
        capacity: capacity, backoff: Backoff(initial: .seconds(1), max: .seconds(8)), maxAttempts: 3), clock: clock,
      seed: 1)
  }

  @Test("a worker that waits gets what is added later")
  func wakes() async {
    let queue = makeQueue()
    _ = queue.add(1, priority: .live, after: .seconds(60))
    async let item = queue.next()
    #expect(await clock.waitForSleepers(1), "it waits")
    _ = queue.add(2, priority: .live)
    #expect(await item?.key == 2)
  }

  @Test("a worker that waits gets the second run of a key, also if another finished the first")
  func wakesForSecondRun() async throws {
    let queue = makeQueue()
    _ = queue.add(1, priority: .live)
    let first = try #require(await queue.next())
    _ = queue.add(1, priority: .live)
    _ = queue.add(2, priority: .live, after: .seconds(60))
    async let second = queue.next()
    #expect(await clock.waitForSleepers(1), "it waits")
    #expect(queue.finish(first, .done) == .runsAgain)
    #expect(await second?.key == 1)
  }

  @Test("a delayed key comes when its time has come, not before")
  func delays() async {
    let queue = makeQueue()
    _ = queue.add(1, priority: .live, after: .milliseconds(250))
    async let item = queue.next()
    #expect(await clock.waitForSleepers(1))
    #expect(queue.statistics.delayed == 1)
    clock.advance(by: .milliseconds(250))
    #expect(await item?.key == 1)
  }

  @Test("an earlier key overtakes the timer of a later one")
  func rearms() async {
    let queue = makeQueue()
    _ = queue.add(1, priority: .live, after: .seconds(60))
    async let item = queue.next()
    #expect(await clock.waitForSleepers(1))
    _ = queue.add(2, priority: .live, after: .seconds(1))
    #expect(await clock.waitForSleepers(1))
    for _ in 0..<100 { await Task.yield() }
    clock.advance(by: .seconds(1))
    #expect(await item?.key == 2)
  }

  @Test("a worker for live keys alone takes no others, and comes first for live ones")
  func liveOnly() async {
    let queue = makeQueue()
    _ = queue.add(1, priority: .cycle)
    async let live = queue.next(liveOnly: true)
    #expect(await queue.next()?.key == 1)
    _ = queue.add(2, priority: .cycle)
    #expect(await queue.next()?.key == 2, "the other waits on")
    _ = queue.add(3, priority: .live)
    #expect(await live?.key == 3)
  }

  @Test("a worker for live keys alone is woken by a delayed one, and by the end")
  func liveOnlyDelayed() async {
    let queue = makeQueue()
    _ = queue.add(1, priority: .live, after: .seconds(1))
    async let first = queue.next(liveOnly: true)
    #expect(await clock.waitForSleepers(1))
    clock.advance(by: .seconds(1))
    #expect(await first?.key == 1)
    async let second = queue.next(liveOnly: true)
    queue.shutDown(drain: true)
    #expect(await second?.key == nil)
  }

  @Test("a worker that is cancelled while it waits gets nil and takes nothing with it")
  func cancels() async {
    let queue = makeQueue()
    _ = queue.add(1, priority: .live, after: .seconds(1))
    let waiting = Task { await queue.next()?.key }
    #expect(await clock.waitForSleepers(1), "it waits")
    waiting.cancel()
    #expect(await waiting.value == nil)
    clock.advance(by: .seconds(1))
    #expect(await queue.next()?.key == 1)
  }

  @Test("a worker that is cancelled already gets nil and leaves what is ready")
  func isCancelledAlready() async {
    let queue = makeQueue()
    _ = queue.add(1, priority: .live)
    let cancelled = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await queue.next()?.key
    }
    #expect(await cancelled.value == nil)
    #expect(queue.statistics.ready == 1)
  }

  @Test("after shutdown everybody who waits gets nil")
  func ends() async {
    let queue = makeQueue()
    async let item = queue.next()
    queue.shutDown(drain: true)
    #expect(await item == nil)
    #expect(queue.add(1, priority: .live) == .closed)
  }

  @Test("drained returns when the last key is finished")
  func drains() async throws {
    let queue = makeQueue()
    _ = queue.add(1, priority: .live)
    let item = try #require(await queue.next())
    queue.shutDown(drain: true)
    async let end: Void = queue.drained()
    for _ in 0..<100 { await Task.yield() }
    _ = queue.finish(item, .done)
    await end
    #expect(queue.statistics.processing == 0)
  }

  @Test("who waits for the end and is cancelled returns, with work still under way")
  func cancelsDrained() async throws {
    let queue = makeQueue()
    _ = queue.add(1, priority: .live)
    let item = try #require(await queue.next())
    let end = Task { await queue.drained() }
    for _ in 0..<100 { await Task.yield() }
    end.cancel()
    await end.value
    #expect(queue.statistics.processing == 1)
    let late = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      await queue.drained()
    }
    await late.value
    #expect(queue.finish(item, .done) == .done)
  }

  @Test("draining ends though a key was added with a delay while it ran")
  func drainsSecondRun() async throws {
    let queue = makeQueue()
    _ = queue.add(1, priority: .live)
    let first = try #require(await queue.next())
    _ = queue.add(1, priority: .live, after: .seconds(60))
    queue.shutDown(drain: true)
    #expect(queue.finish(first, .done) == .runsAgain)
    let second = try #require(await queue.next())
    #expect(queue.finish(second, .done) == .done)
    await queue.drained()
    #expect(await queue.next() == nil)
  }

  @Test("without draining, waiting workers get nil at once and what is under way can finish")
  func stops() async throws {
    let queue = makeQueue()
    _ = queue.add(1, priority: .live)
    let item = try #require(await queue.next())
    _ = queue.add(2, priority: .live, after: .seconds(60))
    async let waiting = queue.next()
    #expect(await clock.waitForSleepers(1), "it waits")
    queue.shutDown(drain: false)
    #expect(await waiting == nil)
    #expect(queue.finish(item, .retry) == .dead(attempts: 1))
    await queue.drained()
  }

  @Test("many producers and workers lose nothing and run no key twice at once")
  func underLoad() async {
    let queue = makeQueue()
    let ledger = Ledger()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          while let item = await queue.next() {
            #expect(ledger.begin(item.key))
            if item.key % 32 == 0 { await Task.yield() }
            ledger.end(item.key)
            _ = queue.finish(item, .done)
          }
        }
      }
      await withTaskGroup(of: Void.self) { producers in
        for producer in 0..<4 {
          producers.addTask {
            for key in 0..<2000 {
              _ = queue.add(key * 4 + producer, priority: key % 3 == 0 ? .cycle : .live)
              if key % 50 == 0 { await Task.yield() }
            }
          }
        }
      }
      queue.shutDown(drain: true)
    }
    #expect(ledger.count == 8000)
  }
}

/// Which keys run now, and which have run.
private final class Ledger: Sendable {
  private let keys = Mutex<(running: Set<Int>, seen: Set<Int>)>(([], []))

  var count: Int { keys.withLock { $0.seen.count } }

  /// False when the key runs already.
  func begin(_ key: Int) -> Bool {
    keys.withLock { $0.running.insert(key).inserted }
  }

  func end(_ key: Int) {
    keys.withLock { keys in
      keys.running.remove(key)
      keys.seen.insert(key)
    }
  }
}
