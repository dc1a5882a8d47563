/// A moment in UTC, in milliseconds since 1970-01-01.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// What Graph writes for "never": 0001-01-01T00:00:00Z.
  package static let never = Timestamp(milliseconds: -62_135_596_800_000)

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  package static func + (left: Timestamp, right: Duration) -> Timestamp {
    Timestamp(milliseconds: left.milliseconds + right.milliseconds)
  }

  package static func - (left: Timestamp, right: Duration) -> Timestamp {
    Timestamp(milliseconds: left.milliseconds - right.milliseconds)
  }

  package static func - (left: Timestamp, right: Timestamp) -> Duration {
    .milliseconds(left.milliseconds - right.milliseconds)
  }

  /// Whether so much time has passed since. For times that outlive the process: one of the future was written while the clock was wrong, so
  /// that nothing is known of it, and what waits for it is due.
  package func hasPassed(_ duration: Duration, at now: Timestamp) -> Bool {
    self > now || now - self >= duration
  }

  /// RFC 3339 in UTC with milliseconds, such as `2026-01-02T03:04:05.678Z`.
  package var description: String {
    let day = milliseconds.flooredQuotient(86_400_000)
    let inDay = milliseconds - day * 86_400_000
    let date = CivilDate(daysSinceEpoch: day)
    func padded(_ number: Int64, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2) + "T"
      + padded(inDay / 3_600_000, 2) + ":" + padded(inDay / 60_000 % 60, 2) + ":"
      + padded(inDay / 1000 % 60, 2) + "." + padded(inDay % 1000, 3) + "Z"
  }

  /// Reads RFC 3339 with any number of fractional digits and `Z` or an offset; nil for anything else.
  package init?(_ text: String) {
    guard let milliseconds = RFC3339.milliseconds(text) else { return nil }
    self.init(milliseconds: milliseconds)
  }
}

extension Duration {
  /// Whole milliseconds, cut towards zero.
  package var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}

/// A day of the proleptic Gregorian calendar.
private struct CivilDate {
  var year: Int64
  var month: Int64
  var day: Int64

  init(daysSinceEpoch: Int64) {
    // Counted in years that begin in March, so that the leap day is the last of its year.
    let days = daysSinceEpoch + 719_468
    let era = days.flooredQuotient(146_097)
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear.flooredQuotient(400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  static func isValid(year: Int64, month: Int64, day: Int64) -> Bool {
    guard (1...12).contains(month), day >= 1 else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return day <= lengths[Int(month - 1)]
  }
}

private enum RFC3339 {
  static func milliseconds(_ text: String) -> Int64? {
    var rest = Substring(text)
    guard let year = number(&rest, 4), skip(&rest, "-"), let month = number(&rest, 2), skip(&rest, "-"),
      let day = number(&rest, 2), skip(&rest, "T") || skip(&rest, "t") || skip(&rest, " "),
      let hour = number(&rest, 2), skip(&rest, ":"), let minute = number(&rest, 2), skip(&rest, ":"),
      let second = number(&rest, 2), CivilDate.isValid(year: year, month: month, day: day),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    guard let fraction = milliseconds(ofFraction: &rest), let offset = offsetMinutes(rest) else { return nil }
    let days = CivilDate.daysSinceEpoch(year: year, month: month, day: day)
    return ((days * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1000 + fraction
  }

  private static func milliseconds(ofFraction rest: inout Substring) -> Int64? {
    guard skip(&rest, ".") else { return 0 }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty else { return nil }
    rest.removeFirst(digits.count)
    return Int64((digits + "00").prefix(3))
  }

  private static func offsetMinutes(_ text: Substring) -> Int64? {
    if text == "Z" || text == "z" { return 0 }
    var rest = text
    let isNegative = rest.first == "-"
    guard skip(&rest, "+") || skip(&rest, "-"), let hours = number(&rest, 2), skip(&rest, ":"),
      let minutes = number(&rest, 2), rest.isEmpty, hours < 24, minutes < 60
    else { return nil }
    return (hours * 60 + minutes) * (isNegative ? -1 : 1)
  }

  private static func number(_ rest: inout Substring, _ width: Int) -> Int64? {
    let digits = rest.prefix(width)
    guard digits.count == width, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    rest.removeFirst(width)
    return Int64(digits)
  }

  private static func skip(_ rest: inout Substring, _ character: Character) -> Bool {
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }
}

extension Int64 {
  fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
  }
}
