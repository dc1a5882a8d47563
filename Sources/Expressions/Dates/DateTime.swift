/// A moment in UTC of the years 1 to 9999, as exact as .NET's DateTime.
package struct DateTime: Sendable, Hashable, Comparable {
  /// Steps of 100 ns since 0001-01-01T00:00:00Z.
  package let ticks: Int64

  static let ticksPerSecond: Int64 = 10_000_000
  static let ticksPerDay: Int64 = 86_400 * ticksPerSecond
  /// 1601-01-01, where FILETIME begins.
  static let fileTimeEpoch: Int64 = 504_911_232_000_000_000
  private static let unixEpoch: Int64 = 621_355_968_000_000_000
  private static let end: Int64 = 3_155_378_976_000_000_000

  /// Nil outside the years 1 to 9999.
  package init?(ticks: Int64) {
    guard (0..<Self.end).contains(ticks) else { return nil }
    self.ticks = ticks
  }

  /// A moment outside the years 1 to 9999 becomes the nearest one inside.
  package init(millisecondsSince1970: Int64) {
    let limits = -Self.unixEpoch / 10_000...(Self.end - Self.unixEpoch) / 10_000 - 1
    ticks = Self.unixEpoch + min(max(millisecondsSince1970, limits.lowerBound), limits.upperBound) * 10_000
  }

  package var millisecondsSince1970: Int64 {
    (ticks - Self.unixEpoch) / 10_000
  }

  package static func < (left: DateTime, right: DateTime) -> Bool {
    left.ticks < right.ticks
  }

  /// Nil outside the years 1 to 9999.
  func adding(_ steps: Int64, of ticksPerStep: Int64) -> DateTime? {
    let (difference, overflows) = steps.multipliedReportingOverflow(by: ticksPerStep)
    let (sum, overflowsToo) = ticks.addingReportingOverflow(difference)
    return overflows || overflowsToo ? nil : DateTime(ticks: sum)
  }

  var date: CalendarDate { CalendarDate(day: ticks / Self.ticksPerDay) }
  var ticksOfDay: Int64 { ticks % Self.ticksPerDay }
  var hour: Int64 { ticksOfDay / (3600 * Self.ticksPerSecond) }
  var minute: Int64 { ticksOfDay / (60 * Self.ticksPerSecond) % 60 }
  var second: Int64 { ticksOfDay / Self.ticksPerSecond % 60 }
  /// Of the second, in steps of 100 ns.
  var fraction: Int64 { ticksOfDay % Self.ticksPerSecond }
  /// 0 is Sunday.
  var weekday: Int64 { (ticks / Self.ticksPerDay + 1) % 7 }

  /// As `M/d/yyyy h:mm:ss tt`: how the service writes a date where text is wanted.
  package var text: String {
    let date = date
    func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(date.month)/\(date.day)/\(String(10_000 + date.year).dropFirst()) "
      + "\((hour + 11) % 12 + 1):\(padded(minute)):\(padded(second)) \(hour < 12 ? "AM" : "PM")"
  }
}

/// A day of the proleptic Gregorian calendar.
struct CalendarDate: Sendable, Hashable {
  var year: Int64
  var month: Int64
  var day: Int64

  /// Nil when there is no such day in the years 1 to 9999.
  init?(year: Int64, month: Int64, day: Int64) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year)
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// `day` counts from 0001-01-01, which is 0.
  init(day: Int64) {
    // Counted in years that begin in March, so that the leap day is the last of its year.
    let shifted = day + 306
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    self.day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  }

  /// Days since 0001-01-01.
  var dayNumber: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return 365 * shiftedYear + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + dayOfYear - 306
  }

  static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  /// The same day of another month, cut to that month's last day; nil outside the years 1 to 9999.
  func adding(months: Int64) -> CalendarDate? {
    let (sum, overflows) = (year * 12 + month - 1).addingReportingOverflow(months)
    guard !overflows, sum >= 12, sum < 120_000 else { return nil }
    let (year, month) = (sum / 12, sum % 12 + 1)
    return CalendarDate(year: year, month: month, day: min(day, Self.days(in: month, of: year)))
  }
}

extension DateTime {
  /// The date at a time of day, both read off a clock that is `offsetMinutes` ahead of UTC.
  init?(_ date: CalendarDate, ticksOfDay: Int64 = 0, offsetMinutes: Int64 = 0) {
    self.init(ticks: date.dayNumber * Self.ticksPerDay + ticksOfDay - offsetMinutes * 60 * Self.ticksPerSecond)
  }
}
