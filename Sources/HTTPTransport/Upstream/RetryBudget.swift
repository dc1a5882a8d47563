/// Keeps retries a small part of the traffic, so that they do not become the load that keeps an upstream down. Pure.
struct RetryBudget<Instant: InstantProtocol & Sendable>: Sendable where Instant.Duration == Duration {
  private struct Bucket {
    var number = Int.min
    var requests = 0
    var retries = 0
  }

  /// Of the requests of the last minute, so many may be retries.
  static var share: Double { 0.1 }
  /// So many may be in any case: where little is sent, a share of it is nothing.
  static var minimum: Int { 10 }
  private static var width: Duration { .seconds(10) }
  private static var count: Int { 6 }

  private let origin: Instant
  private var buckets = Array(repeating: Bucket(), count: count)

  init(now: Instant) {
    origin = now
  }

  mutating func noteRequest(now: Instant) {
    buckets[current(now)].requests += 1
  }

  /// - Returns: Whether one more retry may be made; if so it is counted.
  mutating func takeRetry(now: Instant) -> Bool {
    let current = current(now)
    let oldest = buckets[current].number - Self.count
    let (requests, retries) = buckets.reduce((0, 0)) { sum, bucket in
      bucket.number > oldest ? (sum.0 + bucket.requests, sum.1 + bucket.retries) : sum
    }
    guard retries < max(Self.minimum, Int(Double(requests) * Self.share)) else { return false }
    buckets[current].retries += 1
    return true
  }

  /// The bucket of the time, emptied if it held an earlier one.
  private mutating func current(_ now: Instant) -> Int {
    let number = Int(origin.duration(to: now) / Self.width)
    let index = number % Self.count
    if buckets[index].number != number { buckets[index] = Bucket(number: number) }
    return index
  }
}
