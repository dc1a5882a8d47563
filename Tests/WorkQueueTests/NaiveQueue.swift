import WorkQueue

/// What the queue promises, written for reading: one array, and a scan for every question.
struct NaiveQueue {
  private enum State { case delayed, ready, processing }

  private struct Entry {
    var key: Int
    var priority: QueuePriority
    var state: State
    /// When it becomes ready; when it is processed, when it was taken.
    var time: Duration
    /// Counts every entry into `delayed` and `ready`.
    var order: Int
    var since: Duration
    var attempts = 0
    var isBackingOff = false
    var again: (priority: QueuePriority, time: Duration, since: Duration)?
  }

  struct Taken: Equatable {
    var key: Int
    var priority: QueuePriority
    var attempt: Int
    var waitingSince: Duration
  }

  private let configuration: WorkQueueConfiguration
  private var entries: [Entry] = []
  private var now = Duration.zero
  private var order = 0
  private var liveInARow = 0
  private var adds = 0
  private var retries = 0
  private var isClosed = false

  init(_ configuration: WorkQueueConfiguration) {
    self.configuration = configuration
  }

  var count: Int { entries.count }

  var nextTime: Duration? { entries.filter { $0.state == .delayed }.map(\.time).min() }

  mutating func advance(to time: Duration) {
    now = time
    promote(until: time)
  }

  mutating func add(_ keys: [Int], _ priority: QueuePriority, after delay: Duration) -> AddResult {
    if isClosed { return .closed }
    let new = Set(keys).subtracting(entries.map(\.key))
    if entries.count + new.count > configuration.capacity { return .full }
    for key in keys { add(key, priority, at: now + delay) }
    return new.isEmpty ? .merged : .added
  }

  private mutating func add(_ key: Int, _ priority: QueuePriority, at time: Duration) {
    adds += 1
    guard let index = entries.firstIndex(where: { $0.key == key }) else {
      entries.append(Entry(key: key, priority: priority, state: .delayed, time: time, order: 0, since: now))
      enter(entries.count - 1, at: time)
      return
    }
    let raised = max(priority, entries[index].priority)
    let isRaised = raised != entries[index].priority
    entries[index].isBackingOff = false
    switch entries[index].state {
    case .ready:
      entries[index].priority = raised
      if isRaised { enter(index, at: now) }
    case .delayed:
      entries[index].priority = raised
      if time < entries[index].time { enter(index, at: time) }
    case .processing:
      let again = entries[index].again
      entries[index].again = (
        max(priority, again?.priority ?? priority), min(time, again?.time ?? time), again?.since ?? now
      )
    }
  }

  mutating func take() -> Taken? {
    let ready = entries.indices.filter { entries[$0].state == .ready }
    let live = ready.filter { entries[$0].priority == .live }
    let cycle = ready.filter { entries[$0].priority == .cycle }
    let isTurnOfCycle = live.isEmpty || (liveInARow >= 7 && !cycle.isEmpty)
    guard let index = (isTurnOfCycle ? cycle : live).min(by: { entries[$0].order < entries[$1].order }) else {
      liveInARow = 0
      return nil
    }
    liveInARow = isTurnOfCycle ? 0 : liveInARow + 1
    entries[index].state = .processing
    entries[index].time = now
    entries[index].isBackingOff = false
    let entry = entries[index]
    return Taken(
      key: entry.key, priority: entry.priority, attempt: entry.attempts + 1, waitingSince: entry.since)
  }

  mutating func finish(_ key: Int, _ outcome: WorkQueueMachine<Int>.Outcome, fraction: Double)
    -> WorkQueueMachine<Int>.Disposition
  {
    guard let index = entries.firstIndex(where: { $0.key == key }) else { return .done }
    let isFailed = outcome != .done && outcome != .giveUp
    entries[index].attempts = isFailed ? entries[index].attempts + 1 : 0
    let attempts = entries[index].attempts
    if let again = entries[index].again {
      entries[index].again = nil
      entries[index].since = isFailed ? entries[index].since : again.since
      entries[index].priority = isFailed ? max(again.priority, entries[index].priority) : again.priority
      enter(index, at: isClosed ? now : again.time)
      return .runsAgain
    }
    guard isFailed, attempts < configuration.maxAttempts, !isClosed else {
      entries.remove(at: index)
      return isFailed ? .dead(attempts: attempts) : .done
    }
    var delay = min(configuration.backoff.initial * (1 << min(attempts - 1, 20)), configuration.backoff.max) * fraction
    if case .retryAfter(let asked) = outcome {
      delay = asked + min(asked, configuration.backoff.initial) * fraction
    }
    retries += 1
    enter(index, at: now + delay)
    entries[index].isBackingOff = true
    return .retries(after: delay, attempt: attempts + 1)
  }

  mutating func close(drain: Bool) {
    isClosed = true
    entries.removeAll { entry in
      switch entry.state {
      case .ready: !drain
      case .delayed: !drain || entry.isBackingOff
      case .processing: false
      }
    }
    if !drain {
      for index in entries.indices { entries[index].again = nil }
    }
    promote(until: nil)
  }

  var statistics: QueueStatistics {
    var statistics = QueueStatistics()
    let waiting = entries.filter { $0.state != .processing }
    let running = entries.filter { $0.state == .processing }.map { now - $0.time }
    statistics.ready = waiting.count { $0.state == .ready }
    statistics.delayed = waiting.count { $0.state == .delayed }
    statistics.processing = running.count
    statistics.isFull = entries.count >= configuration.capacity
    statistics.oldestAge = waiting.map { now - $0.since }.max() ?? .zero
    statistics.longestRunning = running.max() ?? .zero
    statistics.unfinishedWork = running.reduce(.zero, +)
    statistics.adds = adds
    statistics.retries = retries
    return statistics
  }

  private mutating func enter(_ index: Int, at time: Duration) {
    order += 1
    entries[index].order = order
    entries[index].time = time
    entries[index].state = time <= now ? .ready : .delayed
  }

  /// The delayed become ready in the order of their time, then in the order in which they were delayed.
  private mutating func promote(until time: Duration?) {
    let due = entries.indices.filter { index in
      entries[index].state == .delayed && time.map { entries[index].time <= $0 } ?? true
    }
    for index in due.sorted(by: { (entries[$0].time, entries[$0].order) < (entries[$1].time, entries[$1].order) }) {
      order += 1
      entries[index].order = order
      entries[index].state = .ready
    }
  }
}
