import Synchronization
import WorkQueue

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Adds a second, items a second through eight workers, and bytes an item; against a set and an array under the same kind of lock.
func benchmarkWorkQueue() async {
  let count = 500_000
  let configuration = WorkQueueConfiguration(
    capacity: 2_000_000, backoff: Backoff(initial: .seconds(1), max: .seconds(60)), maxAttempts: 12)
  let adds = Benchmarks.best {
    let queue = WorkQueue<Int, ContinuousClock>(configuration: configuration, clock: ContinuousClock(), seed: 1)
    for key in 0..<count { _ = queue.add(key, priority: .live) }
  }
  let naiveAdds = Benchmarks.best {
    let naive = NaiveQueue()
    for key in 0..<count { naive.add(key) }
  }
  print(
    "queue: \(Int(Double(count) / adds)) adds/s, \(Benchmarks.rounded(adds / naiveAdds)) times the time of a set and an array"
  )

  let through = await Benchmarks.best {
    let queue = WorkQueue<Int, ContinuousClock>(configuration: configuration, clock: ContinuousClock(), seed: 1)
    for key in 0..<count { _ = queue.add(key, priority: .live) }
    queue.shutDown(drain: true)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          while let item = await queue.next() { _ = queue.finish(item, .done) }
        }
      }
    }
  }
  print("queue: \(Int(Double(count) / (through - adds))) items/s through 8 workers")

  var machine = WorkQueueMachine<Int>(configuration: configuration)
  let before = residentBytes()
  for key in 0..<count { _ = machine.add(key, priority: .live, now: .zero) }
  let bytes = Double(residentBytes() - before) / Double(count) - Double(MemoryLayout<Int>.size)
  print("queue: \(Int(bytes)) bytes an item beside its key (\(machine.count) items)")
}

/// What a first attempt would look like.
private final class NaiveQueue: Sendable {
  private let storage = Mutex<(known: Set<Int>, order: [Int])>(([], []))

  func add(_ key: Int) {
    storage.withLock { storage in
      if storage.known.insert(key).inserted { storage.order.append(key) }
    }
  }
}

/// What the process occupies.
private func residentBytes() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var buffer = [CChar](repeating: 0, count: 200)
  guard fgets(&buffer, 200, file) != nil else { return 0 }
  let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let fields = text.split(separator: " ")
  return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(getpagesize())
}
