/// Durations as Go and Kubernetes write them: `500ms`, `20m`, `1h30m`, `28d` (docs/configuration.md, "Durations").
package enum DurationText {
  private static let units: [(suffix: String, milliseconds: Int64)] = [
    ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
  ]

  /// Nil for anything else, a negative duration, or one over a hundred years.
  package static func parse(_ text: String) -> Duration? {
    if text == "0" { return .zero }
    var rest = Substring(text)
    var total = 0.0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard let number = Double(digits) else { return nil }
      rest.removeFirst(digits.count)
      let suffix = rest.prefix { $0.isASCII && $0.isLetter }
      guard let unit = units.first(where: { $0.suffix == suffix }) else { return nil }
      rest.removeFirst(suffix.count)
      total += number * Double(unit.milliseconds)
      guard total < 3.2e12 else { return nil }
    }
    return .milliseconds(Int64(total.rounded()))
  }

  package static func describe(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
    let unit = units.last { milliseconds % $0.milliseconds == 0 && milliseconds >= $0.milliseconds }
    guard let unit else { return "0s" }
    return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
  }
}
