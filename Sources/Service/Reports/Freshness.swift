import Synchronization

/// How long changes of the last hour took from their signal to xMatters. Bounded: under load the oldest go first.
final class Freshness: Sendable {
  private static let window = Duration.seconds(3600)
  private static let capacity = 10_000

  private let uptime: @Sendable () -> Duration
  private let latest = Mutex<[(at: Duration, seconds: Double)]>([])

  /// - Parameter uptime: Monotonic.
  init(uptime: @escaping @Sendable () -> Duration) {
    self.uptime = uptime
  }

  func note(_ latency: Duration) {
    let now = uptime()
    latest.withLock { latest in
      if latest.count >= Self.capacity { latest.removeFirst(Self.capacity / 10) }
      latest.append((now, latency.inSeconds))
    }
  }

  /// Median and 95th percentile in seconds; nil when nothing changed.
  var quantiles: (median: Double?, p95: Double?) {
    let begin = uptime() - Self.window
    let sorted = latest.withLock { $0.filter { $0.at >= begin }.map(\.seconds) }.sorted()
    func quantile(_ share: Double) -> Double? {
      sorted.isEmpty ? nil : sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1)]
    }
    return (quantile(0.5), quantile(0.95))
  }
}
