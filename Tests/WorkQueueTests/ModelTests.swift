import TestSupport
import Testing
import WorkQueue

/// Random operations on the machine and on a queue that is too simple to be wrong, compared step by step.
@Suite struct ModelTests {
  private static let configuration = WorkQueueConfiguration(
    capacity: 12, backoff: Backoff(initial: .seconds(1), max: .seconds(20)), maxAttempts: 4)

  private var machine = WorkQueueMachine<Int>(configuration: configuration)
  private var model = NaiveQueue(configuration)
  private var random = SeededGenerator(seed: 0)
  private var underWay: [WorkQueueMachine<Int>.Item] = []
  private var finished: [WorkQueueMachine<Int>.Item] = []
  private var now = Duration.zero
  private var step = 0

  @Test("does what the model does, for many seeds", arguments: UInt64(0)..<80)
  mutating func agrees(seed: UInt64) throws {
    random = SeededGenerator(seed: seed)
    for _ in 0..<2000 { try operate() }
    let drain = Bool.random(using: &random)
    machine.close(drain: drain, now: now)
    model.close(drain: drain)
    for _ in 0..<200 { try operate() }
    while let item = underWay.popLast() ?? machine.take(now: now) {
      _ = machine.finish(item, .done, now: now, fraction: 0)
    }
    #expect(machine.isIdle, "after closing, nothing is left to wait for")
  }

  private mutating func operate() throws {
    step += 1
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<30: try add(count: 1)
    case 30..<36: try add(count: Int.random(in: 0...9, using: &random))
    case 36..<63: try take()
    case 63..<83: try finish()
    case 83..<85: try finishAgain()
    case 85..<97:
      now += .milliseconds(Int.random(in: 1..<2000, using: &random))
      model.advance(to: now)
    default:
      try agree(machine.statistics(now: now), model.statistics)
      try agree(machine.nextTime(), model.nextTime)
    }
    try agree(machine.count, model.count)
  }

  private mutating func add(count: Int) throws {
    let keys = (0..<count).map { _ in Int.random(in: 0..<20, using: &random) }
    let priority: QueuePriority = Int.random(in: 0..<3, using: &random) > 0 ? .live : .cycle
    let delay = Duration.milliseconds(Int.random(in: 0..<3, using: &random) * 400)
    let result =
      count == 1
      ? machine.add(keys[0], priority: priority, after: delay, now: now)
      : machine.add(contentsOf: keys, priority: priority, after: delay, now: now)
    try agree(result, model.add(keys, priority, after: delay))
  }

  private mutating func take() throws {
    let item = machine.take(now: now)
    let taken = item.map {
      NaiveQueue.Taken(key: $0.key, priority: $0.priority, attempt: $0.attempt, waitingSince: $0.waitingSince)
    }
    try agree(taken, model.take())
    if let item { underWay.append(item) }
  }

  private mutating func finish() throws {
    guard let index = underWay.indices.randomElement(using: &random) else { return }
    let item = underWay.remove(at: index)
    let outcomes: [WorkQueueMachine<Int>.Outcome] = [.done, .retry, .retry, .retryAfter(.milliseconds(700)), .giveUp]
    let outcome = outcomes[Int.random(in: 0..<outcomes.count, using: &random)]
    let fraction = Double.random(in: 0..<1, using: &random)
    let disposition = machine.finish(item, outcome, now: now, fraction: fraction)
    try agree(disposition, model.finish(item.key, outcome, fraction: fraction))
    finished.append(item)
  }

  /// A mistake of the caller, which must not harm the queue.
  private mutating func finishAgain() throws {
    guard let item = finished.randomElement(using: &random) else { return }
    try agree(machine.finish(item, .retry, now: now, fraction: 0), .done)
  }

  /// Ends the run at the first difference: whatever follows is noise.
  private func agree<Value: Equatable>(
    _ machine: Value, _ model: Value, at location: SourceLocation = #_sourceLocation
  ) throws {
    try #require(machine == model, "step \(step)", sourceLocation: location)
  }
}
