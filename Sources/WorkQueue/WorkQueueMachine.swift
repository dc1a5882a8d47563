/// The queue as a state machine: told the time, and told what happens; it calls nobody.
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
///    backoff that nobody has asked for since are dropped. Nothing is drained while it is paused.
package struct WorkQueueMachine<Key: Hashable & Sendable>: Sendable {
  /// A key on its way through a worker.
  package struct Item: Sendable {
    package let key: Key
    package let priority: QueuePriority
    /// 1 for the first run.
    package let attempt: Int
    /// The time of the earliest add that this run covers.
    package let waitingSince: Duration
    fileprivate let slot: Int
    fileprivate let generation: UInt32
  }

  package enum Outcome: Hashable, Sendable {
    case done
    /// Again after a backoff.
    case retry
    /// Again, not before this.
    case retryAfter(Duration)
    /// Out of the queue, unless it was added meanwhile.
    case giveUp
  }

  package enum Disposition: Hashable, Sendable {
    case done
    /// It was added while it ran.
    case runsAgain
    case retries(after: Duration, attempt: Int)
    case dead(attempts: Int)
  }

  private enum Phase {
    case free, delayed, ready, processing
    /// Added while it is processed.
    case dirty
  }

  private struct Slot {
    var key: Key?
    var phase = Phase.free
    var priority = QueuePriority.cycle
    var attempts: UInt32 = 0
    /// Nobody has asked for it since it failed.
    var isBackingOff = false
    /// Tells entries of the ready and delayed lists that are out of date.
    var generation: UInt32 = 0
    /// When it may run; when it is processed, when it was taken.
    var time = Duration.zero
    var since = Duration.zero
    /// For a dirty slot: when it may run again, and since when that waits.
    var again = Duration.zero
    var againSince = Duration.zero
    var againPriority = QueuePriority.cycle
  }

  private struct Ticket {
    var slot: UInt32
    var generation: UInt32
  }

  private static var cycleShare: Int { 8 }

  private let configuration: WorkQueueConfiguration
  private var index: [Key: UInt32] = [:]
  private var slots: [Slot] = []
  private var freeSlots: [UInt32] = []
  private var live = FIFO<Ticket>()
  private var cycle = FIFO<Ticket>()
  private var delayed = MinHeap<Ticket>()
  private var picksSinceCycle = 0
  private var readyCount = 0
  private var delayedCount = 0
  private var processingCount = 0
  private var adds = 0
  private var retries = 0
  package private(set) var isClosed = false
  package var isPaused = false

  package init(configuration: WorkQueueConfiguration) {
    self.configuration = configuration
  }

  /// Distinct keys.
  package var count: Int { index.count }

  // MARK: Adding

  /// - Parameter delay: From now; a key that already waits keeps its own time if that is earlier.
  package mutating func add(_ key: Key, priority: QueuePriority, after delay: Duration = .zero, now: Duration)
    -> AddResult
  {
    guard !isClosed else { return .closed }
    promote(now: now)
    if let slot = index[key] {
      adds += 1
      merge(Int(slot), priority, at: now + delay, now: now)
      return .merged
    }
    guard index.count < configuration.capacity else { return .full }
    adds += 1
    let slot = takeFreeSlot()
    slots[slot].key = key
    slots[slot].since = now
    index[key] = UInt32(slot)
    enter(slot, priority, at: now + delay, now: now)
    return .added
  }

  /// All of the keys or, when they would pass the capacity, none.
  package mutating func add(
    contentsOf keys: some Collection<Key>, priority: QueuePriority, after delay: Duration = .zero, now: Duration
  ) -> AddResult {
    guard !isClosed else { return .closed }
    let room = configuration.capacity - index.count
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

  private mutating func merge(_ slot: Int, _ priority: QueuePriority, at time: Duration, now: Duration) {
    slots[slot].isBackingOff = false
    switch slots[slot].phase {
    case .free: break
    case .ready:
      if priority > slots[slot].priority { enter(slot, priority, at: now, now: now) }
    case .delayed:
      let isEarlier = time < slots[slot].time
      slots[slot].priority = max(priority, slots[slot].priority)
      if isEarlier { enter(slot, slots[slot].priority, at: time, now: now) }
    case .processing:
      slots[slot].phase = .dirty
      slots[slot].again = time
      slots[slot].againSince = now
      slots[slot].againPriority = priority
    case .dirty:
      slots[slot].again = min(time, slots[slot].again)
      slots[slot].againPriority = max(priority, slots[slot].againPriority)
    }
  }

  /// Puts a slot where it waits, in whatever phase it was.
  private mutating func enter(_ slot: Int, _ priority: QueuePriority, at time: Duration, now: Duration) {
    leave(slot)
    slots[slot].generation &+= 1
    slots[slot].priority = priority
    slots[slot].time = time
    let ticket = Ticket(slot: UInt32(slot), generation: slots[slot].generation)
    if time <= now {
      slots[slot].phase = .ready
      readyCount += 1
      if priority == .live { live.append(ticket) } else { cycle.append(ticket) }
    } else {
      slots[slot].phase = .delayed
      delayedCount += 1
      delayed.insert(ticket, at: time)
      dropOutdatedDelays()
    }
  }

  private mutating func leave(_ slot: Int) {
    switch slots[slot].phase {
    case .ready: readyCount -= 1
    case .delayed: delayedCount -= 1
    case .processing, .dirty: processingCount -= 1
    case .free: break
    }
  }

  /// Keeps what is out of date from ever being more than what counts.
  private mutating func dropOutdatedDelays() {
    guard delayed.count > 2 * delayedCount + 64 else { return }
    let slots = slots
    delayed.removeAll { slots[Int($0.slot)].generation != $0.generation }
  }

  private func isCurrent(_ ticket: Ticket) -> Bool {
    slots[Int(ticket.slot)].generation == ticket.generation
  }

  // MARK: Taking

  /// The next key to process, if any may run now.
  /// - Parameter liveOnly: Nothing of a cycle will do.
  package mutating func take(now: Duration, liveOnly: Bool = false) -> Item? {
    promote(now: now)
    guard !isPaused, let slot = liveOnly ? nextLive() : nextReady() else { return nil }
    leave(slot)
    slots[slot].generation &+= 1
    slots[slot].phase = .processing
    slots[slot].isBackingOff = false
    processingCount += 1
    slots[slot].time = now
    guard let key = slots[slot].key else { return nil }
    return Item(
      key: key, priority: slots[slot].priority, attempt: Int(slots[slot].attempts) + 1,
      waitingSince: slots[slot].since, slot: slot, generation: slots[slot].generation)
  }

  /// When a delayed key becomes ready next; nil when none is delayed.
  package mutating func nextTime() -> Duration? {
    while let (ticket, time) = delayed.first {
      if isCurrent(ticket) { return time }
      delayed.removeFirst()
    }
    return nil
  }

  private mutating func promote(now: Duration) {
    while let time = nextTime(), time <= now, let (ticket, _) = delayed.first {
      delayed.removeFirst()
      let slot = Int(ticket.slot)
      enter(slot, slots[slot].priority, at: time, now: now)
    }
  }

  private mutating func nextReady() -> Int? {
    let prefersCycle = picksSinceCycle >= Self.cycleShare - 1
    if prefersCycle, let slot = pop(&cycle) {
      picksSinceCycle = 0
      return slot
    }
    if let slot = nextLive() { return slot }
    picksSinceCycle = 0
    return pop(&cycle)
  }

  private mutating func nextLive() -> Int? {
    guard let slot = pop(&live) else { return nil }
    picksSinceCycle += 1
    return slot
  }

  private func pop(_ list: inout FIFO<Ticket>) -> Int? {
    while let ticket = list.popFirst() {
      if isCurrent(ticket) { return Int(ticket.slot) }
    }
    return nil
  }

  // MARK: Finishing

  /// To be called once for each item; another call changes nothing.
  /// - Parameter fraction: A random number from 0 up to 1, for jitter.
  package mutating func finish(
    _ item: Item, _ outcome: Outcome, now: Duration, fraction: Double
  ) -> Disposition {
    let slot = item.slot
    guard slots[slot].generation == item.generation else { return .done }
    promote(now: now)
    let wasAdded = slots[slot].phase == .dirty
    switch outcome {
    case .done, .giveUp:
      slots[slot].attempts = 0
      guard wasAdded else { return remove(slot, .done) }
      slots[slot].since = slots[slot].againSince
      return runAgain(slot, slots[slot].againPriority, now: now)
    case .retry, .retryAfter:
      slots[slot].attempts += 1
      // The next run serves the adds that this one failed to serve, too.
      if wasAdded { return runAgain(slot, max(slots[slot].priority, slots[slot].againPriority), now: now) }
      let attempts = Int(slots[slot].attempts)
      guard attempts < configuration.maxAttempts, !isClosed else { return remove(slot, .dead(attempts: attempts)) }
      let delay = delay(outcome, attempts, fraction)
      retries += 1
      enter(slot, slots[slot].priority, at: now + delay, now: now)
      slots[slot].isBackingOff = true
      return .retries(after: delay, attempt: attempts + 1)
    }
  }

  private func delay(_ outcome: Outcome, _ attempts: Int, _ fraction: Double) -> Duration {
    guard case .retryAfter(let asked) = outcome else {
      return configuration.backoff.delay(afterAttempt: attempts, fraction: fraction)
    }
    // Those who were all told the same time should not all come back at it.
    return asked + min(asked, configuration.backoff.initial) * fraction
  }

  private mutating func runAgain(_ slot: Int, _ priority: QueuePriority, now: Duration) -> Disposition {
    // Whoever drains waits for nothing that is merely delayed.
    enter(slot, priority, at: isClosed ? now : max(slots[slot].again, now), now: now)
    return .runsAgain
  }

  private mutating func remove(_ slot: Int, _ disposition: Disposition) -> Disposition {
    leave(slot)
    if let key = slots[slot].key { index[key] = nil }
    let generation = slots[slot].generation &+ 1
    slots[slot] = Slot()
    slots[slot].generation = generation
    freeSlots.append(UInt32(slot))
    return disposition
  }

  private mutating func takeFreeSlot() -> Int {
    if let slot = freeSlots.popLast() { return Int(slot) }
    slots.append(Slot())
    return slots.count - 1
  }

  /// Drops keys that back off after a failure and that nobody has asked for since.
  package mutating func dropRetries(where isMeant: (Key) -> Bool) {
    for slot in slots.indices where slots[slot].isBackingOff && slots[slot].phase == .delayed {
      if let key = slots[slot].key, isMeant(key) { _ = remove(slot, .done) }
    }
  }

  // MARK: Shutting down

  /// - Parameter drain: Keys that were added and not tried yet may still be taken, all of them now; false drops whatever waits.
  package mutating func close(drain: Bool, now: Duration) {
    let drain = drain && !isPaused
    isClosed = true
    promote(now: now)
    for slot in slots.indices {
      switch slots[slot].phase {
      case .ready where !drain: _ = remove(slot, .done)
      case .delayed where !drain || slots[slot].isBackingOff: _ = remove(slot, .done)
      case .dirty where !drain: slots[slot].phase = .processing
      default: break
      }
    }
    // All that is left, in the order of its time.
    promote(now: .seconds(Int64.max))
  }

  /// Nothing waits and nothing is processed.
  package var isIdle: Bool { index.isEmpty }

  // MARK: Numbers

  /// Hands over every key of this priority that was asked for and not looked at to the end since, with the time of its earliest add:
  /// waiting, delayed or processed, but not backing off.
  package func forEachPending(_ priority: QueuePriority, _ body: (Key, Duration) -> Void) {
    for slot in slots {
      guard let key = slot.key, slot.phase != .free, !slot.isBackingOff, slot.priority == priority else { continue }
      body(key, slot.since)
    }
  }

  package mutating func statistics(now: Duration) -> QueueStatistics {
    promote(now: now)
    var statistics = QueueStatistics()
    statistics.ready = readyCount
    statistics.delayed = delayedCount
    statistics.processing = processingCount
    statistics.isFull = index.count >= configuration.capacity
    statistics.isPaused = isPaused
    statistics.adds = adds
    statistics.retries = retries
    for slot in slots {
      switch slot.phase {
      case .free: continue
      case .ready, .delayed: statistics.oldestAge = max(statistics.oldestAge, now - slot.since)
      case .processing, .dirty:
        statistics.unfinishedWork += now - slot.time
        statistics.longestRunning = max(statistics.longestRunning, now - slot.time)
      }
    }
    return statistics
  }
}
