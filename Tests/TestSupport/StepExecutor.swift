import Synchronization

/// Runs the tasks that prefer it one step at a time, on the thread that asks for the step, in an order drawn from a seed:
/// the same seed, the same interleaving.
package final class StepExecutor: TaskExecutor {
  private struct Storage {
    var jobs: [UnownedJob] = []
    var turns: [UnsafeContinuation<Void, Never>] = []
    var random: SeededGenerator
  }

  private enum Step {
    case job(UnownedJob)
    case turn(UnsafeContinuation<Void, Never>)
  }

  private let storage: Mutex<Storage>

  package init(seed: UInt64) {
    storage = Mutex(Storage(random: SeededGenerator(seed: seed)))
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    storage.withLock { $0.jobs.append(job) }
  }

  /// Suspends the caller until a step is spent on it; others may go first.
  package func turn() async {
    await withUnsafeContinuation { continuation in
      storage.withLock { $0.turns.append(continuation) }
    }
  }

  /// Steps that could be made.
  package var count: Int { storage.withLock { $0.jobs.count + $0.turns.count } }

  /// Makes one step; false when there is none to make.
  package func step() -> Bool {
    let step = storage.withLock { storage -> Step? in
      let count = storage.jobs.count + storage.turns.count
      guard count > 0 else { return nil }
      let index = count == 1 ? 0 : Int(storage.random.next() % UInt64(count))
      if index < storage.jobs.count { return .job(storage.jobs.remove(at: index)) }
      return .turn(storage.turns.remove(at: index - storage.jobs.count))
    }
    switch step {
    case nil: return false
    case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
    case .turn(let continuation): continuation.resume()
    }
    return true
  }
}
