/// Which slot of the queue runs when: phases, order, delays and attempts. It knows numbers in place of keys, so that it is compiled once
/// and not generic; its rules are the promises of `WorkQueueMachine`.
struct SlotSchedule: Sendable {
  /// A slot on its way through a worker.
  struct Run: Sendable {
    let slot: Int
    fileprivate let generation: UInt32
    let priority: QueuePriority
    /// 1 for the first.
    let attempt: Int
    /// The time of the earliest add that this run covers.
    let waitingSince: Duration
  }

  private struct Ticket {
    var slot: UInt32
    var generation: UInt32
  }

  private static let cycleShare = 8

  private let backoff: Backoff
  private let maxAttempts: Int
  private var slots: [Slot] = []
  private var freeSlots: [UInt32] = []
  private var live = FIFO<Ticket>()
  private var pulse = FIFO<Ticket>()
  private var cycle = FIFO<Ticket>()
  private var delayed = MinHeap<Ticket>()
  private var picksSinceCycle = 0
  private var readyCount = 0
  private var delayedCount = 0
  private var processingCount = 0
  private var retries = 0
  private(set) var isClosed = false

  init(backoff: Backoff, maxAttempts: Int) {
    self.backoff = backoff
    self.maxAttempts = maxAttempts
  }

  // MARK: Adding

  /// Takes a slot that is free, or one more.
  mutating func insert(_ priority: QueuePriority, at time: Duration, now: Duration) -> Int {
    promote(now: now)
    let slot: Int
    if let free = freeSlots.popLast() {
      slot = Int(free)
    } else {
      slot = slots.count
      slots.append(Slot())
    }
    slots[slot].since = now
    enter(slot, priority, at: time, now: now)
    return slot
  }

  /// One more add of what stands in a slot already.
  mutating func merge(_ slot: Int, _ priority: QueuePriority, at time: Duration, now: Duration) {
    promote(now: now)
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
      switch priority {
      case .live: live.append(ticket)
      case .pulse: pulse.append(ticket)
      default: cycle.append(ticket)
      }
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

  mutating func take(now: Duration, liveOnly: Bool) -> Run? {
    promote(now: now)
    guard let slot = liveOnly ? nextLive() : nextReady() else { return nil }
    leave(slot)
    slots[slot].generation &+= 1
    slots[slot].phase = .processing
    slots[slot].isBackingOff = false
    slots[slot].time = now
    processingCount += 1
    return Run(
      slot: slot, generation: slots[slot].generation, priority: slots[slot].priority,
      attempt: Int(slots[slot].attempts) + 1, waitingSince: slots[slot].since)
  }

  /// When a delayed slot becomes ready next; nil when none is delayed.
  mutating func nextTime() -> Duration? {
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
    guard let slot = pop(&live) ?? pop(&pulse) else { return nil }
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

  /// The slot is free afterwards if it is done or dead. Nil, and nothing changed, for a run that has ended before.
  mutating func finish(_ run: Run, _ outcome: WorkOutcome, now: Duration, fraction: Double) -> WorkDisposition? {
    let slot = run.slot
    guard slots[slot].generation == run.generation else { return nil }
    promote(now: now)
    let wasAdded = slots[slot].phase == .dirty
    switch outcome {
    case .done, .giveUp:
      slots[slot].attempts = 0
      guard wasAdded else { return free(slot, .done) }
      slots[slot].since = slots[slot].againSince
      return runAgain(slot, slots[slot].againPriority, now: now)
    case .retry, .retryAfter:
      slots[slot].attempts += 1
      // The next run serves the adds that this one failed to serve, too.
      if wasAdded { return runAgain(slot, max(slots[slot].priority, slots[slot].againPriority), now: now) }
      let attempts = Int(slots[slot].attempts)
      guard attempts < maxAttempts, !isClosed else { return free(slot, .dead(attempts: attempts)) }
      let delay = delay(outcome, attempts, fraction)
      retries += 1
      enter(slot, slots[slot].priority, at: now + delay, now: now)
      slots[slot].isBackingOff = true
      return .retries(after: delay, attempt: attempts + 1)
    }
  }

  private mutating func runAgain(_ slot: Int, _ priority: QueuePriority, now: Duration) -> WorkDisposition {
    // A drain waits for nothing that is merely delayed.
    enter(slot, priority, at: isClosed ? now : max(slots[slot].again, now), now: now)
    return .runsAgain
  }

  private func delay(_ outcome: WorkOutcome, _ attempts: Int, _ fraction: Double) -> Duration {
    guard case .retryAfter(let asked) = outcome else {
      return backoff.delay(afterAttempt: attempts, fraction: fraction)
    }
    // Those who were all told the same time should not all come back at it.
    return asked + min(asked, backoff.initial) * fraction
  }

  private mutating func free(_ slot: Int, _ disposition: WorkDisposition) -> WorkDisposition {
    leave(slot)
    let generation = slots[slot].generation &+ 1
    slots[slot] = Slot()
    slots[slot].generation = generation
    freeSlots.append(UInt32(slot))
    return disposition
  }

  // MARK: Dropping

  /// Frees the slots that back off after a failure and have not been asked for since.
  /// - Returns: Those that it freed.
  mutating func dropRetries(where isMeant: (Int) -> Bool) -> [Int] {
    drop { slot, number in slot.phase == .delayed && slot.isBackingOff && isMeant(number) }
  }

  /// - Parameter drain: What waits becomes ready, apart from what backs off.
  /// - Returns: The slots that it freed.
  mutating func close(drain: Bool, now: Duration) -> [Int] {
    isClosed = true
    promote(now: now)
    let dropped = drop { slot, _ in
      slot.phase == .ready && !drain || slot.phase == .delayed && (!drain || slot.isBackingOff)
    }
    for slot in slots.indices where slots[slot].phase == .dirty && !drain { slots[slot].phase = .processing }
    // All that is left, in the order of its time.
    promote(now: .seconds(Int64.max))
    return dropped
  }

  private mutating func drop(where isMeant: (Slot, Int) -> Bool) -> [Int] {
    let meant = slots.indices.filter { isMeant(slots[$0], $0) }
    for slot in meant { _ = free(slot, .done) }
    return meant
  }

  // MARK: Numbers

  /// Every slot of this priority or a higher one that was asked for and not looked at to the end since, with the time of its earliest add.
  func forEachPending(_ priority: QueuePriority, _ body: (Int, Duration) -> Void) {
    for (number, slot) in slots.enumerated()
    where slot.phase != .free && !slot.isBackingOff && slot.priority >= priority {
      body(number, slot.since)
    }
  }

  mutating func statistics(now: Duration) -> QueueStatistics {
    promote(now: now)
    var statistics = QueueStatistics()
    statistics.ready = readyCount
    statistics.delayed = delayedCount
    statistics.processing = processingCount
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
