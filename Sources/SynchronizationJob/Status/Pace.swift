package import ProvisioningModel

/// How fast a cycle goes, from what it has done lately: a mean over the whole would go on promising the speed of the start.
package struct Pace: Hashable, Sendable {
  /// In milliseconds; a rate is given from the first full interval on.
  private static let interval: Int64 = 1000
  private static let intervals = 60

  private var began: Timestamp
  /// Objects done in each interval, the oldest first; bounded.
  private var counts: [(interval: Int64, count: Int)] = []

  package init(began: Timestamp) {
    self.began = began
  }

  /// One more object is done.
  package mutating func step(at now: Timestamp) {
    let interval = now.milliseconds / Self.interval
    if let last = counts.last, last.interval >= interval {
      counts[counts.count - 1].count += 1
    } else {
      counts.append((interval, 1))
      if counts.count > Self.intervals { counts.removeFirst() }
    }
  }

  /// Objects a second, over the last minute; nil as long as there is nothing to tell it from.
  package func rate(at now: Timestamp) -> Double? {
    let start = max(began.milliseconds, now.milliseconds - Int64(Self.intervals) * Self.interval)
    let elapsed = now.milliseconds - start
    let done = counts.lazy.filter { ($0.interval + 1) * Self.interval > start }.map(\.count).reduce(0, +)
    guard elapsed >= Self.interval, done > 0 else { return nil }
    return Double(done) * 1000 / Double(elapsed)
  }

  /// How long so many objects will take; nil when that cannot be told.
  package func remaining(_ objects: Int, at now: Timestamp) -> Duration? {
    if objects == 0 { return .zero }
    return rate(at: now).map { .milliseconds(Int64((Double(objects) * 1000 / $0).rounded(.up))) }
  }

  package static func == (left: Pace, right: Pace) -> Bool {
    left.began == right.began && left.counts.elementsEqual(right.counts, by: ==)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(began)
    for (interval, count) in counts {
      hasher.combine(interval)
      hasher.combine(count)
    }
  }
}

/// How far the running cycle is.
package struct CycleProgress: Hashable, Sendable {
  package var completed: Int
  /// Nil while the directory and xMatters are still being read: how much there is to do is not known before.
  package var total: Int?
  package var failed: Int
  /// Objects a second; nil when it cannot be told yet.
  package var rate: Double?
  /// Nil when it cannot be told yet.
  package var remaining: Duration?
  package var observed: Timestamp

  package init(
    completed: Int, total: Int?, failed: Int, rate: Double? = nil, remaining: Duration? = nil, observed: Timestamp
  ) {
    self.completed = completed
    self.total = total
    self.failed = failed
    self.rate = rate
    self.remaining = remaining
    self.observed = observed
  }
}
