/// The queue as a state machine: told the time, and told what happens; it calls nothing.
///
/// What it promises:
/// 1. A key is processed by one worker at a time.
/// 2. Adds of a key that waits merge into one run.
/// 3. Adds of a key while it is processed cause exactly one more run afterwards.
/// 4. When adds merge, the higher priority and the earlier time win; a delay counts from the first add. An add that a failed run
///    did not serve merges with those made meanwhile.
/// 5. `live` keys go before `cycle` keys, within a priority in the order in which they became ready; of every eight keys that are taken
///    while both kinds are ready, one is a `cycle` key, so that neither ever starves.
/// 6. A failed key comes back after a backoff with full jitter, or after the time that was asked for and not before; success forgets
///    the attempts; a new add of a key in backoff may bring it forward and keeps its attempts.
/// 7. After `maxAttempts` runs without success a key is dead and leaves the queue, unless it was added meanwhile.
/// 8. Never more than `capacity` distinct keys; a batch that would pass it is refused whole.
/// 9. While it is paused nothing is handed out; adds are taken as ever.
/// 10. After shutdown nothing is added. Draining hands out what was added and not yet tried, without waiting for any delay; keys in
///    backoff that have not been asked for since are dropped. Nothing is drained while it is paused.
package struct WorkQueueMachine<Key: Hashable & Sendable>: Sendable {
  package typealias Outcome = WorkOutcome
  package typealias Disposition = WorkDisposition

  /// A key on its way through a worker.
  package struct Item: Sendable {
    package let key: Key
    fileprivate let run: SlotSchedule.Run

    package var priority: QueuePriority { run.priority }
    /// 1 for the first run.
    package var attempt: Int { run.attempt }
    /// The time of the earliest add that this run covers.
    package var waitingSince: Duration { run.waitingSince }
  }

  private let capacity: Int
  private var schedule: SlotSchedule
  private var index: [Key: UInt32] = [:]
  /// By slot.
  private var keys: [Key?] = []
  private var adds = 0
  package var isPaused = false

  package init(configuration: WorkQueueConfiguration) {
    capacity = configuration.capacity
    schedule = SlotSchedule(backoff: configuration.backoff, maxAttempts: configuration.maxAttempts)
  }

  /// Distinct keys.
  package var count: Int { index.count }

  package var isClosed: Bool { schedule.isClosed }

  /// Nothing waits and nothing is processed.
  package var isIdle: Bool { index.isEmpty }

  // MARK: Adding

  /// - Parameter delay: From now; a key that already waits keeps its own time if that is earlier.
  package mutating func add(_ key: Key, priority: QueuePriority, after delay: Duration = .zero, now: Duration)
    -> AddResult
  {
    guard !isClosed else { return .closed }
    if let slot = index[key] {
      adds += 1
      schedule.merge(Int(slot), priority, at: now + delay, now: now)
      return .merged
    }
    guard index.count < capacity else { return .full }
    adds += 1
    let slot = schedule.insert(priority, at: now + delay, now: now)
    if slot == keys.count { keys.append(key) } else { keys[slot] = key }
    index[key] = UInt32(slot)
    return .added
  }

  /// All of the keys or, when they would pass the capacity, none.
  package mutating func add(
    contentsOf keys: some Collection<Key>, priority: QueuePriority, after delay: Duration = .zero, now: Duration
  ) -> AddResult {
    guard !isClosed else { return .closed }
    let room = capacity - index.count
    if keys.count > room {
      let new = Set(keys).subtracting(index.keys)
      guard new.count <= room else { return .full }
    }
    var result = AddResult.merged
    for key in keys where add(key, priority: priority, after: delay, now: now) == .added {
      result = .added
    }
    return result
  }

  // MARK: Working

  /// The next key to process, if any may run now.
  /// - Parameter liveOnly: Nothing of a cycle will do.
  package mutating func take(now: Duration, liveOnly: Bool = false) -> Item? {
    guard !isPaused, let run = schedule.take(now: now, liveOnly: liveOnly), let key = keys[run.slot] else { return nil }
    return Item(key: key, run: run)
  }

  /// When a delayed key becomes ready next; nil when none is delayed.
  package mutating func nextTime() -> Duration? { schedule.nextTime() }

  /// To be called once for each item; another call changes nothing.
  /// - Parameter fraction: A random number from 0 up to 1, for jitter.
  package mutating func finish(
    _ item: Item, _ outcome: Outcome, now: Duration, fraction: Double
  ) -> Disposition {
    guard let disposition = schedule.finish(item.run, outcome, now: now, fraction: fraction) else { return .done }
    switch disposition {
    case .done, .dead: forget(item.run.slot)
    case .runsAgain, .retries: break
    }
    return disposition
  }

  private mutating func forget(_ slot: Int) {
    if let key = keys[slot] { index[key] = nil }
    keys[slot] = nil
  }

  // MARK: Dropping

  /// Drops keys that back off after a failure and have not been asked for since.
  package mutating func dropRetries(where isMeant: (Key) -> Bool) {
    for slot in schedule.dropRetries(where: { keys[$0].map(isMeant) ?? false }) { forget(slot) }
  }

  /// - Parameter drain: Keys that were added and not tried yet may still be taken, all of them now; false drops whatever waits.
  package mutating func close(drain: Bool, now: Duration) {
    for slot in schedule.close(drain: drain && !isPaused, now: now) { forget(slot) }
  }

  // MARK: Numbers

  /// Hands over every key of this priority or a higher one that was asked for and not looked at to the end since, with the time of its earliest add:
  /// waiting, delayed or processed, but not backing off.
  package func forEachPending(_ priority: QueuePriority, _ body: (Key, Duration) -> Void) {
    schedule.forEachPending(priority) { slot, since in
      if let key = keys[slot] { body(key, since) }
    }
  }

  package mutating func statistics(now: Duration) -> QueueStatistics {
    var statistics = schedule.statistics(now: now)
    statistics.isFull = index.count >= capacity
    statistics.isPaused = isPaused
    statistics.adds = adds
    return statistics
  }
}
