import Testing
import WorkQueue

/// The promises at the top of `WorkQueueMachine`, one by one, on virtual time.
@Suite struct MachineTests {
  private static let configuration = WorkQueueConfiguration(
    capacity: 4, backoff: Backoff(initial: .seconds(1), max: .seconds(8)), maxAttempts: 3)
  private var machine = WorkQueueMachine<String>(configuration: configuration)

  private mutating func add(
    _ key: String, _ priority: QueuePriority = .live, after: Duration = .zero, at now: Duration = .zero
  ) -> AddResult {
    machine.add(key, priority: priority, after: after, now: now)
  }

  private mutating func take(at now: Duration) throws -> WorkQueueMachine<String>.Item {
    let item = machine.take(now: now)
    return try #require(item)
  }

  private mutating func takeKeys(at now: Duration = .zero) -> [String] {
    var keys: [String] = []
    while let item = machine.take(now: now) { keys.append(item.key) }
    return keys
  }

  private mutating func finish(
    _ item: WorkQueueMachine<String>.Item, _ outcome: WorkQueueMachine<String>.Outcome, at now: Duration = .zero,
    fraction: Double = 1
  ) -> WorkQueueMachine<String>.Disposition {
    machine.finish(item, outcome, now: now, fraction: fraction)
  }

  @Test("1: a key that is processed is not handed out again")
  mutating func oneAtATime() throws {
    _ = add("a")
    _ = try take(at: .zero)
    #expect(add("a") == .merged)
    #expect(takeKeys().isEmpty)
  }

  @Test("1: finishing an item twice changes nothing")
  mutating func finishedTwice() throws {
    _ = add("a")
    let item = try take(at: .zero)
    #expect(finish(item, .done) == .done)
    _ = add("b")
    #expect(finish(item, .done) == .done)
    _ = add("c")
    #expect(takeKeys() == ["b", "c"])
  }

  @Test("2: adds of a waiting key are one run")
  mutating func merges() {
    #expect(add("a") == .added)
    #expect(add("a") == .merged)
    #expect(takeKeys() == ["a"])
  }

  @Test("3: adds during a run cause exactly one more")
  mutating func runsOnceMore() throws {
    _ = add("a")
    let item = try take(at: .zero)
    _ = add("a")
    _ = add("a")
    #expect(finish(item, .done) == .runsAgain)
    let again = try take(at: .zero)
    #expect(finish(again, .done) == .done)
    #expect(machine.isIdle)
  }

  @Test("4: the higher priority and the earlier time win; a delay counts from the first add")
  mutating func bestOfBothAdds() {
    _ = add("late", .cycle, after: .seconds(9))
    _ = add("late", .live, after: .seconds(5), at: .seconds(1))
    #expect(takeKeys(at: .seconds(5)).isEmpty)
    #expect(takeKeys(at: .seconds(6)) == ["late"])
    _ = add("window", after: .milliseconds(250), at: .seconds(10))
    _ = add("window", after: .milliseconds(250), at: .seconds(10) + .milliseconds(200))
    #expect(takeKeys(at: .seconds(10) + .milliseconds(250)) == ["window"])
    _ = add("raised", .cycle, at: .seconds(20))
    _ = add("first", .live, at: .seconds(20))
    _ = add("raised", .live, at: .seconds(20))
    #expect(takeKeys(at: .seconds(20)) == ["first", "raised"])
  }

  @Test("4: what a failed run did not serve counts for the run after it")
  mutating func failedRunIsCovered() throws {
    _ = add("a", .live, at: .seconds(1))
    var item = try take(at: .seconds(2))
    _ = add("a", .cycle, at: .seconds(3))
    #expect(finish(item, .retry, at: .seconds(4)) == .runsAgain)
    item = try take(at: .seconds(4))
    #expect(item.priority == .live && item.waitingSince == .seconds(1))
    _ = add("a", .cycle, at: .seconds(5))
    #expect(finish(item, .done, at: .seconds(6)) == .runsAgain)
    item = try take(at: .seconds(6))
    #expect(item.priority == .cycle && item.waitingSince == .seconds(5))
  }

  @Test("5: a key whose time came while no worker took anything goes before later ones")
  mutating func orderOfReadiness() {
    _ = add("coalesced", after: .milliseconds(250))
    _ = add("later", at: .seconds(1))
    #expect(takeKeys(at: .seconds(1)) == ["coalesced", "later"])
  }

  @Test("5: live goes first, in order; one in eight is of a cycle")
  func priorities() {
    var configuration = Self.configuration
    configuration.capacity = 100
    var machine = WorkQueueMachine<String>(configuration: configuration)
    for number in 0..<3 { _ = machine.add("cycle \(number)", priority: .cycle, now: .zero) }
    for number in 0..<16 { _ = machine.add("live \(number)", priority: .live, now: .zero) }
    var keys: [String] = []
    while let item = machine.take(now: .zero) { keys.append(item.key) }
    let expected =
      (0..<7).map { "live \($0)" } + ["cycle 0"] + (7..<14).map { "live \($0)" } + [
        "cycle 1", "live 14", "live 15", "cycle 2",
      ]
    #expect(keys == expected)
  }

  @Test("6: a failed key comes back after its backoff, and not before it was asked to")
  mutating func backoff() throws {
    _ = add("a")
    var item = try take(at: .zero)
    #expect(finish(item, .retry, fraction: 0.5) == .retries(after: .milliseconds(500), attempt: 2))
    #expect(takeKeys(at: .milliseconds(499)).isEmpty)
    item = try take(at: .milliseconds(500))
    #expect(item.attempt == 2)
    guard case .retries(let after, 3) = finish(item, .retryAfter(.seconds(30)), at: .seconds(1)) else {
      Issue.record("a third attempt was expected")
      return
    }
    #expect(after >= .seconds(30) && after <= .seconds(31))
    #expect(add("a", at: .seconds(2)) == .merged)
    item = try take(at: .seconds(2))
    #expect(item.attempt == 3, "brought forward, attempts kept")
    #expect(finish(item, .done, at: .seconds(2)) == .done)
    _ = add("a", at: .seconds(3))
    item = try take(at: .seconds(3))
    #expect(item.attempt == 1, "success forgets the attempts")
  }

  @Test("7: after the last attempt a key is dead, unless it was added meanwhile")
  mutating func dies() throws {
    _ = add("a")
    for attempt in 1...2 {
      let item = try take(at: .seconds(100 * attempt))
      _ = finish(item, .retry, at: .seconds(100 * attempt))
    }
    var item = try take(at: .seconds(900))
    #expect(finish(item, .retry, at: .seconds(900)) == .dead(attempts: 3))
    #expect(machine.isIdle)
    _ = add("b", at: .seconds(900))
    item = try take(at: .seconds(900))
    _ = add("b", at: .seconds(900))
    #expect(finish(item, .giveUp, at: .seconds(900)) == .runsAgain)
  }

  @Test("8: never more keys than the capacity; a batch is taken whole or not at all")
  mutating func bound() {
    #expect(machine.add(contentsOf: ["a", "b", "c"], priority: .live, now: .zero) == .added)
    #expect(machine.add(contentsOf: ["c", "d", "e"], priority: .live, now: .zero) == .full)
    #expect(machine.count == 3)
    #expect(machine.add(contentsOf: ["a", "b", "c", "d", "d"], priority: .live, now: .zero) == .added)
    #expect(add("e") == .full)
    #expect(add("a") == .merged)
  }

  @Test("9: draining hands out what was not tried yet and drops what was backing off")
  mutating func drains() throws {
    _ = add("failed")
    let item = try take(at: .zero)
    _ = finish(item, .retry)
    _ = add("coalescing", after: .seconds(5))
    machine.close(drain: true, now: .zero)
    #expect(add("late") == .closed)
    #expect(takeKeys() == ["coalescing"])
  }

  @Test("9: a key in backoff that was added again is handed out when draining")
  mutating func drainsWhatWasAddedAgain() throws {
    _ = add("a")
    let item = try take(at: .zero)
    _ = finish(item, .retryAfter(.seconds(30)))
    _ = add("a", after: .milliseconds(250), at: .seconds(1))
    machine.close(drain: true, now: .seconds(1))
    #expect(takeKeys(at: .seconds(1)) == ["a"])
  }

  @Test("9: a key that was added with a delay while it ran is handed out at once when draining")
  mutating func drainsDelayedSecondRun() throws {
    _ = add("a")
    let item = try take(at: .zero)
    _ = add("a", after: .seconds(5))
    machine.close(drain: true, now: .zero)
    #expect(finish(item, .done) == .runsAgain)
    #expect(takeKeys() == ["a"])
  }

  @Test("9: draining hands out in the order of time")
  mutating func drainsInOrder() {
    _ = add("third", after: .seconds(3))
    _ = add("first", after: .seconds(1))
    _ = add("second", after: .seconds(2))
    machine.close(drain: true, now: .zero)
    #expect(takeKeys() == ["first", "second", "third"])
  }

  @Test("9: without draining nothing more is handed out")
  mutating func dropsAll() {
    _ = add("a")
    machine.close(drain: false, now: .zero)
    #expect(takeKeys().isEmpty)
    #expect(machine.isIdle)
  }

  @Test("a backoff grows by two up to its maximum", arguments: [(1, 1), (2, 2), (3, 4), (4, 8), (5, 8), (60, 8)])
  func backoffGrowth(attempt: Int, seconds: Int) {
    let backoff = Backoff(initial: .seconds(1), max: .seconds(8))
    #expect(backoff.delay(afterAttempt: attempt, fraction: 1) == .seconds(seconds))
    #expect(backoff.delay(afterAttempt: attempt, fraction: 0) == .zero)
  }

  @Test("the numbers say what is there")
  mutating func statistics() throws {
    _ = add("a", at: .seconds(1))
    _ = add("b", after: .seconds(60), at: .seconds(2))
    _ = try take(at: .seconds(3))
    let statistics = machine.statistics(now: .seconds(10))
    #expect(statistics.ready == 0 && statistics.delayed == 1 && statistics.processing == 1)
    #expect(statistics.longestRunning == .seconds(7) && statistics.oldestAge == .seconds(8))
    #expect(statistics.adds == 2 && !statistics.isFull)
  }
  @Test("a key whose time has come counts as ready, taken or not")
  mutating func dueIsReady() {
    _ = add("a", after: .seconds(1))
    #expect(machine.statistics(now: .milliseconds(999)).delayed == 1)
    #expect(machine.statistics(now: .seconds(1)).ready == 1)
  }

  @Test("a key that is postponed, brought forward and raised is taken once, however often")
  mutating func outdatedPlaces() {
    for round in 0..<5000 {
      let now = Duration.seconds(round)
      _ = add("a", .cycle, after: .seconds(1000), at: now)
      _ = add("a", .cycle, at: now)
      _ = add("a", .live, at: now)
      guard let item = machine.take(now: now), machine.take(now: now) == nil else {
        Issue.record("round \(round): one item was expected")
        return
      }
      _ = finish(item, .done, at: now)
    }
    #expect(machine.isIdle && machine.nextTime() == nil)
  }
}
