import Dispatch
import Synchronization

/// Threads of their own for what works on objects: evaluating mappings and decoding pages there never keeps the listener waiting, which
/// uses Swift's own threads (see `Lanes`).
final class WorkerThreads: TaskExecutor {
  static let shared = WorkerThreads("rollcall.work", 2)

  private struct Storage {
    /// Those before `next` are done.
    var jobs: [UnownedJob] = []
    var next = 0
    var idle: [DispatchQueue]

    mutating func take() -> UnownedJob? {
      guard next < jobs.count else {
        jobs.removeAll(keepingCapacity: true)
        next = 0
        return nil
      }
      next += 1
      return jobs[next - 1]
    }

    mutating func append(_ job: UnownedJob) {
      if next > 1000, next > jobs.count / 2 {
        jobs.removeFirst(next)
        next = 0
      }
      jobs.append(job)
    }
  }

  private let storage: Mutex<Storage>

  init(_ label: String, _ count: Int) {
    storage = Mutex(Storage(idle: (1...count).map { DispatchQueue(label: "\(label).\($0)") }))
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let queue = storage.withLock { storage in
      storage.append(job)
      return storage.idle.popLast()
    }
    if let queue { queue.async { self.work(on: queue) } }
  }

  private func work(on queue: DispatchQueue) {
    while let job = next(for: queue) { job.runSynchronously(on: asUnownedTaskExecutor()) }
  }

  /// Nil when there is nothing to do: the queue is idle then.
  private func next(for queue: DispatchQueue) -> UnownedJob? {
    storage.withLock { storage in
      if let job = storage.take() { return job }
      storage.idle.append(queue)
      return nil
    }
  }
}
