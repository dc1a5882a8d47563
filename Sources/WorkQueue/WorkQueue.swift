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
    var lastWaiter = 0

    var someoneWaits: Bool { !waiters.isEmpty || !liveWaiters.isEmpty }
  }

  private struct Waiter<Value> {
    var id: Int
    var continuation: CheckedContinuation<Value, Never>
  }

  /// What to do once the lock is free.
  private struct Wakeups {
    var items: [(CheckedContinuation<Item?, Never>, Item?)] = []
    var drained: [CheckedContinuation<Void, Never>] = []

    func deliver() {
      for (continuation, item) in items { continuation.resume(returning: item) }
      for continuation in drained { continuation.resume() }
    }
  }

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
    update { $0.add(key, priority: priority, after: delay, now: $1) }
  }

  /// All of the keys, or none of them when the queue would be over its capacity.
  package func add(
    contentsOf keys: some Collection<Key> & Sendable, priority: QueuePriority, after delay: Duration = .zero
  ) -> AddResult {
    update { $0.add(contentsOf: keys, priority: priority, after: delay, now: $1) }
  }

  // MARK: Working

  /// The next key to process; waits for one. Nil when the queue is shut down and has nothing more, or the task is cancelled.
  /// - Parameter liveOnly: For a worker that is kept free of cycles, whatever they hold the others up with.
  package func next(liveOnly: Bool = false) async -> Item? {
    // While keys are ready nobody waits who would take them, so that nobody is overtaken here.
    let (ready, id) = storage.withLock { storage -> (Item?, Int) in
      storage.lastWaiter += 1
      return (Task.isCancelled ? nil : storage.machine.take(now: now, liveOnly: liveOnly), storage.lastWaiter)
    }
    if let ready { return ready }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let wakeups = storage.withLock { storage -> Wakeups in
          if Task.isCancelled { return Wakeups(items: [(continuation, nil)]) }
          let waiter = Waiter(id: id, continuation: continuation)
          if liveOnly { storage.liveWaiters.append(waiter) } else { storage.waiters.append(waiter) }
          return settle(&storage, now: now)
        }
        wakeups.deliver()
      }
    } onCancel: {
      let waiter = storage.withLock { storage in
        Self.remove(id, from: &storage.waiters) ?? Self.remove(id, from: &storage.liveWaiters)
      }
      waiter?.continuation.resume(returning: nil)
    }
  }

  /// Gives a key back that `next` handed out. To be called once for each.
  package func finish(_ item: Item, _ outcome: Outcome) -> Disposition {
    let (disposition, wakeups) = storage.withLock { storage in
      let now = now
      let fraction = storage.random.fraction()
      let disposition = storage.machine.finish(item, outcome, now: now, fraction: fraction)
      return (disposition, settle(&storage, now: now))
    }
    wakeups.deliver()
    return disposition
  }

  /// How long ago the earliest add was that this item covers.
  package func age(of item: Item) -> Duration {
    now - item.waitingSince
  }

  /// Keeps keys from being handed out, or lets them be handed out again.
  package func setPaused(_ isPaused: Bool) {
    let wakeups = storage.withLock { storage in
      storage.machine.isPaused = isPaused
      return settle(&storage, now: now)
    }
    wakeups.deliver()
  }

  /// Hands over every key of this priority that was asked for and not looked at to the end since, with how long ago that was; keys that
  /// back off are left out. The body runs under the queue's lock.
  package func forEachPending(_ priority: QueuePriority, _ body: (Key, Duration) -> Void) {
    storage.withLock { storage in
      let now = now
      storage.machine.forEachPending(priority) { key, since in body(key, now - since) }
    }
  }

  /// Drops keys that back off after a failure and that nobody has asked for since.
  package func dropRetries(where isMeant: (Key) -> Bool) {
    let wakeups = storage.withLock { storage in
      storage.machine.dropRetries(where: isMeant)
      return settle(&storage, now: now)
    }
    wakeups.deliver()
  }

  // MARK: Shutting down

  /// Takes no more adds. With `drain`, what was added and not tried yet is still handed out; otherwise `next` gives nil at once.
  package func shutDown(drain: Bool) {
    let wakeups = storage.withLock { storage in
      let now = now
      storage.machine.close(drain: drain, now: now)
      return settle(&storage, now: now)
    }
    wakeups.deliver()
  }

  /// Returns when nothing waits and nothing is processed, or the task is cancelled.
  package func drained() async {
    let id = storage.withLock { storage in
      storage.lastWaiter += 1
      return storage.lastWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let wakeups = storage.withLock { storage -> Wakeups in
          if Task.isCancelled { return Wakeups(drained: [continuation]) }
          storage.drainWaiters.append(Waiter(id: id, continuation: continuation))
          return settle(&storage, now: now)
        }
        wakeups.deliver()
      }
    } onCancel: {
      let waiter = storage.withLock { Self.remove(id, from: &$0.drainWaiters) }
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

  private func update(_ change: (inout WorkQueueMachine<Key>, Duration) -> AddResult) -> AddResult {
    let (result, wakeups) = storage.withLock { storage in
      let now = now
      let result = change(&storage.machine, now)
      return (result, settle(&storage, now: now))
    }
    wakeups.deliver()
    return result
  }

  /// Gives ready keys to those who wait and sees to it that a timer runs for the next delayed one.
  private func settle(_ storage: inout Storage, now: Duration) -> Wakeups {
    var wakeups = Wakeups()
    // A worker that comes later looks at the time itself: without one that waits there is nobody to wake and no timer to set.
    guard storage.someoneWaits || !storage.drainWaiters.isEmpty else { return wakeups }
    var (served, servedLive) = (0, 0)
    // Whoever takes nothing else comes first for live keys: the others stay free for the rest.
    while servedLive < storage.liveWaiters.count, let item = storage.machine.take(now: now, liveOnly: true) {
      wakeups.items.append((storage.liveWaiters[servedLive].continuation, item))
      servedLive += 1
    }
    storage.liveWaiters.removeFirst(servedLive)
    while served < storage.waiters.count, let item = storage.machine.take(now: now) {
      wakeups.items.append((storage.waiters[served].continuation, item))
      served += 1
    }
    storage.waiters.removeFirst(served)
    if storage.machine.isClosed {
      wakeups.items += (storage.waiters + storage.liveWaiters).map { ($0.continuation, nil) }
      storage.waiters = []
      storage.liveWaiters = []
    }
    if !storage.drainWaiters.isEmpty, storage.machine.isIdle {
      wakeups.drained = storage.drainWaiters.map(\.continuation)
      storage.drainWaiters = []
    }
    setTimer(&storage)
    return wakeups
  }

  private func setTimer(_ storage: inout Storage) {
    guard storage.someoneWaits, let time = storage.machine.nextTime() else { return }
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
    let wakeups = storage.withLock { storage -> Wakeups in
      if storage.timer?.time == time { storage.timer = nil }
      return settle(&storage, now: max(now, time))
    }
    wakeups.deliver()
  }
}

/// A small seeded generator (SplitMix64): jitter needs no more, and a run with the same seed repeats.
struct SplitMix: Sendable {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// From 0 up to 1.
  mutating func fraction() -> Double {
    Double(next() >> 11) * 0x1p-53
  }
}
