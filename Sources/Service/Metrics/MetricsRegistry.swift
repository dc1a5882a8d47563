import Synchronization

/// What a metric is called and what it means.
package struct MetricDefinition: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case counter, gauge
    /// Upper bounds in seconds, ascending; `+Inf` is added.
    case histogram([Double])
  }

  package var name: String
  package var help: String
  package var kind: Kind
  package var labels: [String]

  package init(_ name: String, _ kind: Kind, labels: [String] = [], _ help: String) {
    self.name = name
    self.kind = kind
    self.labels = labels
    self.help = help
  }

  package static func == (one: Self, other: Self) -> Bool { one.name == other.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// Counts and measures, and writes all of it in the text format of Prometheus. Bounded: beyond a thousand label combinations a
/// metric takes no new ones.
package final class MetricsRegistry: Sendable {
  private static let maxSeries = 1000

  private enum Series {
    case value(Double)
    case histogram(counts: [Int], sum: Double)
  }

  private let series = Mutex<[MetricDefinition: [[String]: Series]]>([:])

  package init() {}

  /// Lets counters begin with 0.
  package func begin(_ counters: [(metric: MetricDefinition, series: [[String]])]) {
    for (metric, series) in counters { for labels in series { change(metric, labels) { $0 ?? .value(0) } } }
  }

  package func add(_ amount: Double = 1, to metric: MetricDefinition, _ labels: String...) {
    change(metric, labels) { current in
      if case .value(let value) = current { .value(value + amount) } else { .value(amount) }
    }
  }

  package func set(_ metric: MetricDefinition, to value: Double, _ labels: String...) {
    change(metric, labels) { _ in .value(value) }
  }

  package func observe(_ duration: Duration, in metric: MetricDefinition, _ labels: String...) {
    guard case .histogram(let bounds) = metric.kind else { return }
    let seconds = duration.inSeconds
    change(metric, labels) { current in
      var (counts, sum) = (Array(repeating: 0, count: bounds.count + 1), 0.0)
      if case .histogram(let before, let total) = current { (counts, sum) = (before, total) }
      counts[bounds.firstIndex { seconds <= $0 } ?? bounds.count] += 1
      return .histogram(counts: counts, sum: sum + seconds)
    }
  }

  private func change(_ metric: MetricDefinition, _ labels: [String], _ body: (Series?) -> Series) {
    series.withLock { series in
      let current = series[metric]?[labels]
      guard current != nil || (series[metric]?.count ?? 0) < Self.maxSeries else { return }
      series[metric, default: [:]][labels] = body(current)
    }
  }

  /// The exposition, metrics and series in a stable order.
  package func text() -> String {
    let snapshot = series.withLock { $0 }
    var lines: [String] = []
    for (metric, series) in snapshot.sorted(by: { $0.key.name < $1.key.name }) {
      lines.append("# HELP \(metric.name) \(metric.help)")
      lines.append("# TYPE \(metric.name) \(metric.typeName)")
      for (labels, value) in series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        let pairs = zip(metric.labels, labels).map { "\($0.0)=\"\(Self.escaped($0.1))\"" }
        lines += Self.lines(metric, pairs, value)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ metric: MetricDefinition, _ pairs: [String], _ series: Series) -> [String] {
    func line(_ suffix: String, _ pairs: [String], _ value: String) -> String {
      "\(metric.name)\(suffix)\(pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") \(value)"
    }
    switch (series, metric.kind) {
    case (.histogram(let counts, let sum), .histogram(let bounds)):
      var total = 0
      var lines: [String] = []
      for (count, bound) in zip(counts, bounds.map(number) + ["+Inf"]) {
        total += count
        lines.append(line("_bucket", pairs + ["le=\"\(bound)\""], "\(total)"))
      }
      return lines + [line("_sum", pairs, number(sum)), line("_count", pairs, "\(total)")]
    case (.value(let value), _): return [line("", pairs, number(value))]
    case (.histogram, _): return []
    }
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}

extension MetricDefinition {
  fileprivate var typeName: String {
    switch kind {
    case .counter: "counter"
    case .gauge: "gauge"
    case .histogram: "histogram"
    }
  }
}

extension Duration {
  package var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
