import TestSupport
import Testing
import WorkQueue

/// Random operations on the machine and on a model that is too simple to be wrong.
@Suite struct ModelTests {
  /// Arrays and scans. Knows keys, times and attempts; leaves the order within what is ready to the machine.
  private struct Model {
    struct Entry {
      var priority: QueuePriority
      var time: Duration
      var attempts = 0
      var isProcessing = false
      var again: (priority: QueuePriority, time: Duration)?
    }

    let capacity: Int
    let maxAttempts: Int
    var entries: [Int: Entry] = [:]

    mutating func add(_ key: Int, _ priority: QueuePriority, at time: Duration, now: Duration) -> AddResult {
      guard var entry = entries[key] else {
        guard entries.count < capacity else { return .full }
        entries[key] = Entry(priority: priority, time: time)
        return .added
      }
      if entry.isProcessing {
        let before = entry.again
        entry.again = (max(priority, before?.priority ?? priority), min(time, before?.time ?? time))
      } else {
        entry.priority = max(priority, entry.priority)
        entry.time = min(time, entry.time)
      }
      entries[key] = entry
      return .merged
    }

    func ready(_ now: Duration) -> [Int: QueuePriority] {
      entries.filter { !$0.value.isProcessing && $0.value.time <= now }.mapValues(\.priority)
    }

    mutating func take(_ key: Int) { entries[key]?.isProcessing = true }

    mutating func finish(_ key: Int, _ disposition: WorkQueueMachine<Int>.Disposition, failed: Bool, now: Duration) {
      guard var entry = entries[key] else { return }
      entry.attempts = failed ? entry.attempts + 1 : 0
      entry.isProcessing = false
      if let again = entry.again {
        entry.priority = again.priority
        entry.time = max(again.time, now)
        entry.again = nil
        #expect(disposition == .runsAgain)
      } else if failed, entry.attempts < maxAttempts {
        guard case .retries(let after, let attempt) = disposition else {
          Issue.record("\(key) ought to be retried, not \(disposition)")
          return
        }
        #expect(attempt == entry.attempts + 1)
        entry.time = now + after
      } else {
        #expect(disposition == (failed ? .dead(attempts: entry.attempts) : .done))
        entries[key] = nil
        return
      }
      entries[key] = entry
    }
  }

  @Test("does what the model does, for many seeds", arguments: 0..<60)
  func agrees(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let configuration = WorkQueueConfiguration(
      capacity: 12, backoff: Backoff(initial: .seconds(1), max: .seconds(20)), maxAttempts: 4)
    var machine = WorkQueueMachine<Int>(configuration: configuration)
    var model = Model(capacity: 12, maxAttempts: 4)
    var underWay: [WorkQueueMachine<Int>.Item] = []
    var now = Duration.zero
    for step in 0..<1500 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0...3:
        let key = Int.random(in: 0..<20, using: &random)
        let priority: QueuePriority = Bool.random(using: &random) ? .live : .cycle
        let delay = Duration.milliseconds(Int.random(in: 0..<3, using: &random) * 400)
        let expected = model.add(key, priority, at: now + delay, now: now)
        #expect(machine.add(key, priority: priority, after: delay, now: now) == expected, "step \(step)")
      case 4...6:
        let ready = model.ready(now)
        guard let item = machine.take(now: now) else {
          #expect(ready.isEmpty, "step \(step)")
          continue
        }
        #expect(ready[item.key] == item.priority, "step \(step)")
        #expect(item.attempt == (model.entries[item.key]?.attempts ?? 0) + 1, "step \(step)")
        model.take(item.key)
        underWay.append(item)
      case 7...8:
        guard !underWay.isEmpty else { continue }
        let item = underWay.remove(at: Int.random(in: 0..<underWay.count, using: &random))
        let failed = Bool.random(using: &random)
        let disposition = machine.finish(
          item, failed ? .retry : .done, now: now, fraction: Double.random(in: 0..<1, using: &random))
        model.finish(item.key, disposition, failed: failed, now: now)
      default:
        now += .milliseconds(Int.random(in: 1..<2000, using: &random))
      }
      #expect(machine.count == model.entries.count, "step \(step)")
    }
  }
}
