/// Durations as Graph writes them.
enum ISO8601Duration {
  /// Such as `PT20M`, `PT24H` or `PT1M30.5S`; days and longer units, whose length may vary, are not used.
  static func text(_ duration: Duration) -> String {
    let milliseconds = Int64((duration / .milliseconds(1)).rounded())
    guard milliseconds > 0 else { return "PT0S" }
    let (hours, minutes) = (milliseconds / 3_600_000, milliseconds / 60_000 % 60)
    let (seconds, fraction) = (milliseconds / 1000 % 60, milliseconds % 1000)
    var text = "PT"
    if hours > 0 { text += "\(hours)H" }
    if minutes > 0 { text += "\(minutes)M" }
    if fraction > 0 {
      var digits = String(String(1000 + fraction).dropFirst())
      while digits.hasSuffix("0") { digits.removeLast() }
      text += "\(seconds).\(digits)S"
    } else if seconds > 0 {
      text += "\(seconds)S"
    }
    return text
  }
}
