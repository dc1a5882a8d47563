import Synchronization
import TestSupport
import Testing
import WorkQueue

/// Real tasks that add, work, fail and are cancelled at random, while time is moved on under them.
@Suite(.timeLimit(.minutes(5))) struct StressTests {
  private let clock = ManualClock()
  private let ledger = Ledger(producers: 4)
  private let queue: WorkQueue<Int, ManualClock>

  init() {
    queue = WorkQueue(
      configuration: WorkQueueConfiguration(
        capacity: 1000, backoff: Backoff(initial: .milliseconds(10), max: .milliseconds(100)), maxAttempts: .max),
      clock: clock, seed: 1)
  }

  @Test(
    "every add is served by a run that began after it, also when workers are cancelled meanwhile",
    arguments: UInt64(0)..<8)
  func losesNothing(seed: UInt64) async {
    await withTaskGroup(of: Void.self) { group in
      for number in UInt64(0)..<8 {
        group.addTask { await workInTurns(SeededGenerator(seed: seed << 8 | number)) }
      }
      for number in UInt64(8)..<12 {
        group.addTask { await produce(SeededGenerator(seed: seed << 8 | number)) }
      }
      #expect(await passTime(), "a key or a worker waits for what does not come")
      queue.shutDown(drain: false)
    }
    #expect(ledger.unserved.isEmpty)
  }

  private func produce(_ random: SeededGenerator) async {
    var random = random
    for _ in 0..<1000 {
      let key = Int.random(in: 0..<150, using: &random)
      ledger.add(key)
      let delay = Duration.milliseconds([0, 0, 5, 40][Int.random(in: 0..<4, using: &random)])
      let result = queue.add(key, priority: Bool.random(using: &random) ? .live : .cycle, after: delay)
      #expect(result == .added || result == .merged)
      if Int.random(in: 0..<4, using: &random) == 0 { await Task.yield() }
    }
    ledger.producerEnds()
  }

  /// Workers that are cancelled and replaced as long as keys are added; then one that stays, as a replacement would hide a lost wakeup.
  private func workInTurns(_ random: SeededGenerator) async {
    var random = random
    while ledger.isProducing {
      let seed = random.next()
      let worker = Task { await work(SeededGenerator(seed: seed)) }
      for _ in 0..<Int.random(in: 0..<60, using: &random) { await Task.yield() }
      worker.cancel()
      await worker.value
    }
    await work(random)
  }

  private func work(_ random: SeededGenerator) async {
    let outcomes: [WorkQueueMachine<Int>.Outcome] = [.done, .done, .retry, .retryAfter(.milliseconds(20))]
    var random = random
    while let item = await queue.next() {
      let seen = ledger.begin(item.key)
      #expect(seen != nil, "key \(item.key) ran twice at once")
      for _ in 0..<Int.random(in: 0..<4, using: &random) { await Task.yield() }
      let outcome = outcomes[Int.random(in: 0..<outcomes.count, using: &random)]
      ledger.end(item.key, served: outcome == .done ? seen : nil)
      _ = queue.finish(item, outcome)
    }
  }

  /// Moves the clock until all is added and done; false when that takes for ever.
  private func passTime() async -> Bool {
    for _ in 0..<200_000 {
      let numbers = queue.statistics
      if !ledger.isProducing, numbers.ready + numbers.delayed + numbers.processing == 0 { return true }
      clock.advance(by: .milliseconds(1))
      await Task.yield()
    }
    return false
  }
}

/// How often each key was added, and how many of these adds a successful run has seen.
private final class Ledger: Sendable {
  private struct Entry {
    var added = 0
    var served = 0
    var isRunning = false
  }

  private let entries = Mutex<[Int: Entry]>([:])
  private let producers: Mutex<Int>

  init(producers: Int) {
    self.producers = Mutex(producers)
  }

  var isProducing: Bool { producers.withLock { $0 > 0 } }

  func producerEnds() { producers.withLock { $0 -= 1 } }

  func add(_ key: Int) { entries.withLock { $0[key, default: Entry()].added += 1 } }

  /// The adds that the run sees; nil when the key runs already.
  func begin(_ key: Int) -> Int? {
    entries.withLock { entries in
      guard entries[key]?.isRunning == false else { return nil }
      entries[key]?.isRunning = true
      return entries[key]?.added
    }
  }

  func end(_ key: Int, served: Int?) {
    entries.withLock { entries in
      entries[key]?.isRunning = false
      if let served { entries[key]?.served = served }
    }
  }

  /// Keys with an add that no successful run has seen.
  var unserved: [Int] {
    entries.withLock { entries in entries.filter { $0.value.served < $0.value.added }.map(\.key).sorted() }
  }
}
