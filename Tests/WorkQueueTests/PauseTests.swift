import Testing
import WorkQueue

/// What happens to the queue of a job that is paused, or told to forget its failures.
@Suite struct PauseTests {
  private var machine = WorkQueueMachine<String>(
    configuration: WorkQueueConfiguration(
      capacity: 4, backoff: Backoff(initial: .seconds(1), max: .seconds(8)), maxAttempts: 3))

  private mutating func takeKeys(at now: Duration = .zero) -> [String] {
    var keys: [String] = []
    while let item = machine.take(now: now) { keys.append(item.key) }
    return keys
  }

  private mutating func fail(_ key: String) throws {
    _ = machine.add(key, priority: .live, now: .zero)
    let taken = machine.take(now: .zero)
    let item = try #require(taken)
    _ = machine.finish(item, .retry, now: .zero, fraction: 1)
  }

  @Test("9: while it is paused nothing is handed out, and adds are taken up to the bound")
  mutating func paused() {
    machine.isPaused = true
    for key in ["a", "b", "c", "d"] { #expect(machine.add(key, priority: .live, now: .zero) == .added) }
    #expect(machine.add("e", priority: .live, now: .zero) == .full)
    #expect(takeKeys(at: .seconds(60)).isEmpty)
    machine.isPaused = false
    #expect(takeKeys(at: .seconds(60)) == ["a", "b", "c", "d"])
  }

  @Test("9: what is being processed when the pause comes ends as ever, and its next run waits")
  mutating func inHand() throws {
    _ = machine.add("a", priority: .live, now: .zero)
    let taken = machine.take(now: .zero)
    let item = try #require(taken)
    machine.isPaused = true
    _ = machine.add("a", priority: .live, now: .zero)
    #expect(machine.finish(item, .done, now: .zero, fraction: 1) == .runsAgain)
    #expect(takeKeys().isEmpty)
    machine.isPaused = false
    #expect(takeKeys() == ["a"])
  }

  @Test("10: shutting down while it is paused drains nothing")
  mutating func shutDown() {
    machine.isPaused = true
    _ = machine.add("a", priority: .live, now: .zero)
    machine.close(drain: true, now: .zero)
    #expect(machine.isIdle)
  }

  @Test("keys that back off can be dropped; what was asked for since stays")
  mutating func dropsRetries() throws {
    for key in ["a", "b", "c"] { try fail(key) }
    _ = machine.add("b", priority: .live, after: .seconds(60), now: .zero)
    machine.dropRetries { $0 != "c" }
    #expect(machine.count == 2)
    #expect(Set(takeKeys(at: .seconds(100))) == ["b", "c"])
  }
}
