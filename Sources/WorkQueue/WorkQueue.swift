import Synchronization

/// The queue that workers wait at: a lock around the machine, and a timer while something is delayed.
/// Its promises are those of `WorkQueueMachine`.
package final class WorkQueue<Key: Hashable & Sendable, C: Clock>: Sendable where C.Duration == Duration {
  package typealias Item = WorkQueueMachine<Key>.Item
  package typealias Outcome = WorkQueueMachine<Key>.Outcome
  package typealias Disposition = WorkQueueMachine<Key>.Disposition

  private struct Storage {
    var machine: WorkQueueMachine<Key>
    var random: SplitMix
    /// In the order in which they came; apart from them, those who take live keys only.
    var waiters: [Waiter<Item?>] = []
    var liveWaiters: [Waiter<Item?>] = []
    var drainWaiters: [Waiter<Void>] = []
    var timer: (task: Task<Void, Never>, time: Duration)?
    /// The length of the three lists together: mostly no worker waits, and an add should find that out at once.
    var waiting = 0
    var lastWaiter = 0

    mutating func nextWaiter() -> Int {
      lastWaiter += 1
      return lastWaiter
    }

    mutating func countWaiting() {
      waiting = waiters.count + liveWaiters.count + drainWaiters.count
    }
  }

  private struct Waiter<Value: Sendable> {
    var id: Int
    var continuation: CheckedContinuation<Value, Never>

    func wakeup(_ value: Value) -> Wakeup {
      { continuation.resume(returning: value) }
    }
  }

  /// To be done once the lock is free.
  private typealias Wakeup = @Sendable () -> Void

  private let clock: C
  private let origin: C.Instant
  private let storage: Mutex<Storage>

  package init(configuration: WorkQueueConfiguration, clock: C, seed: UInt64) {
    self.clock = clock
    origin = clock.now
    storage = Mutex(Storage(machine: .init(configuration: configuration), random: SplitMix(seed: seed)))
  }

  private var now: Duration { origin.duration(to: clock.now) }

  // MARK: Adding

  package func add(_ key: Key, priority: QueuePriority, after delay: Duration = .zero) -> AddResult {
    update { $0.machine.add(key, priority: priority, after: delay, now: $1) }
  }

  /// All of the keys, or none of them when the queue would be over its capacity.
  package func add(
    contentsOf keys: some Collection<Key> & Sendable, priority: QueuePriority, after delay: Duration = .zero
  ) -> AddResult {
    update { $0.machine.add(contentsOf: keys, priority: priority, after: delay, now: $1) }
  }

  // MARK: Working

  /// The next key to process; waits for one. Nil when the queue is shut down and has nothing more, or the task is cancelled.
  /// - Parameter liveOnly: For a worker that is kept free of cycles, whatever they hold the others up with.
  package func next(liveOnly: Bool = false) async -> Item? {
    // While keys are ready no worker waits that would take them, so that none is overtaken here.
    let (ready, id) = storage.withLock { storage -> (Item?, Int) in
      (Task.isCancelled ? nil : storage.machine.take(now: now, liveOnly: liveOnly), storage.nextWaiter())
    }
    if let ready { return ready }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isWaiting = update { storage, _ in
          if Task.isCancelled { return false }
          let waiter = Waiter(id: id, continuation: continuation)
          if liveOnly { storage.liveWaiters.append(waiter) } else { storage.waiters.append(waiter) }
          storage.countWaiting()
          return true
        }
        if !isWaiting { continuation.resume(returning: nil) }
      }
    } onCancel: {
      let waiter = update { storage, _ in
        Self.remove(id, from: &storage.waiters) ?? Self.remove(id, from: &storage.liveWaiters)
      }
      waiter?.continuation.resume(returning: nil)
    }
  }

  /// Gives a key back that `next` handed out. To be called once for each.
  package func finish(_ item: Item, _ outcome: Outcome) -> Disposition {
    update { storage, now in
      storage.machine.finish(item, outcome, now: now, fraction: storage.random.fraction())
    }
  }

  /// How long ago the earliest add was that this item covers.
  package func age(of item: Item) -> Duration {
    now - item.waitingSince
  }

  /// Keeps keys from being handed out, or lets them be handed out again.
  package func setPaused(_ isPaused: Bool) {
    update { storage, _ in storage.machine.isPaused = isPaused }
  }

  /// Hands over every key of this priority that was asked for and not looked at to the end since, with how long ago that was; keys that
  /// back off are left out. The body runs under the queue's lock.
  package func forEachPending(_ priority: QueuePriority, _ body: (Key, Duration) -> Void) {
    storage.withLock { storage in
      let now = now
      storage.machine.forEachPending(priority) { key, since in body(key, now - since) }
    }
  }

  /// Drops keys that back off after a failure and have not been asked for since.
  package func dropRetries(where isMeant: (Key) -> Bool) {
    update { storage, _ in storage.machine.dropRetries(where: isMeant) }
  }

  // MARK: Shutting down

  /// Takes no more adds. With `drain`, what was added and not tried yet is still handed out; otherwise `next` gives nil at once.
  package func shutDown(drain: Bool) {
    update { $0.machine.close(drain: drain, now: $1) }
  }

  /// Returns when nothing waits and nothing is processed, or the task is cancelled.
  package func drained() async {
    let id = storage.withLock { $0.nextWaiter() }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isWaiting = update { storage, _ in
          if Task.isCancelled { return false }
          storage.drainWaiters.append(Waiter(id: id, continuation: continuation))
          storage.countWaiting()
          return true
        }
        if !isWaiting { continuation.resume() }
      }
    } onCancel: {
      let waiter = update { storage, _ in Self.remove(id, from: &storage.drainWaiters) }
      waiter?.continuation.resume()
    }
  }

  package var statistics: QueueStatistics {
    storage.withLock { $0.machine.statistics(now: now) }
  }

  // MARK: Parts

  private static func remove<Value>(_ id: Int, from waiters: inout [Waiter<Value>]) -> Waiter<Value>? {
    waiters.firstIndex { $0.id == id }.map { waiters.remove(at: $0) }
  }

  /// Changes the storage, then does for those who wait what follows from it.
  private func update<Result>(_ change: (inout Storage, Duration) -> Result) -> Result {
    var wakeups: [Wakeup] = []
    let result = storage.withLock { storage in
      let now = now
      let result = change(&storage, now)
      // A later caller looks at the time: without a waiting worker there is none to wake and no timer to set.
      if storage.waiting > 0 { wakeups = settle(&storage, now: now) }
      return result
    }
    for wakeup in wakeups { wakeup() }
    return result
  }

  /// Gives ready keys to those who wait and sees to it that a timer runs for the next delayed one.
  private func settle(_ storage: inout Storage, now: Duration) -> [Wakeup] {
    var wakeups: [Wakeup] = []
    var (served, servedLive) = (0, 0)
    // A worker that takes nothing else comes first for live keys: the others stay free for the rest.
    while servedLive < storage.liveWaiters.count, let item = storage.machine.take(now: now, liveOnly: true) {
      wakeups.append(storage.liveWaiters[servedLive].wakeup(item))
      servedLive += 1
    }
    storage.liveWaiters.removeFirst(servedLive)
    while served < storage.waiters.count, let item = storage.machine.take(now: now) {
      wakeups.append(storage.waiters[served].wakeup(item))
      served += 1
    }
    storage.waiters.removeFirst(served)
    if storage.machine.isClosed {
      wakeups += (storage.waiters + storage.liveWaiters).map { $0.wakeup(nil) }
      storage.waiters = []
      storage.liveWaiters = []
    }
    if !storage.drainWaiters.isEmpty, storage.machine.isIdle {
      wakeups += storage.drainWaiters.map { $0.wakeup(()) }
      storage.drainWaiters = []
    }
    storage.countWaiting()
    setTimer(&storage)
    return wakeups
  }

  private func setTimer(_ storage: inout Storage) {
    let isWaitedFor = !storage.waiters.isEmpty || !storage.liveWaiters.isEmpty
    guard isWaitedFor, let time = storage.machine.nextTime() else { return }
    if let timer = storage.timer, timer.time <= time { return }
    storage.timer?.task.cancel()
    let deadline = origin.advanced(by: time)
    let task = Task { [weak self, clock] in
      do { try await clock.sleep(until: deadline, tolerance: nil) } catch { return }
      self?.timerFired(time)
    }
    storage.timer = (task, time)
  }

  private func timerFired(_ time: Duration) {
    update { storage, _ in
      if storage.timer?.time == time { storage.timer = nil }
    }
  }
}
