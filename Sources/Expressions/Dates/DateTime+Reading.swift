extension DateTime {
  /// Reads a date, or a date and time, as CDate does: ISO 8601 (also with a blank for the T and an offset right behind
  /// the date), `M/d/yyyy h:mm:ss tt`, and dates with an English month (`16 March 2020`, `March 16, 2020`, RFC 1123).
  /// No offset means UTC.
  package init?(reading text: String) {
    var scanner = DateScanner(text.trimmed)
    guard let date = scanner.date() else { return nil }
    var ticks: Int64 = 0
    var time = scanner
    if time.skipTimeSeparator(), time.startsWithDigit {
      guard let read = time.timeOfDay() else { return nil }
      ticks = read
      scanner = time
    }
    guard let offset = scanner.zoneAtEnd() else { return nil }
    self.init(date, ticksOfDay: ticks, offsetMinutes: offset)
  }
}

extension DateScanner {
  fileprivate mutating func date() -> CalendarDate? {
    let start = self
    if let year = number(4...4), let separator = dateSeparator("-/"), let month = number(1...2), skip(separator),
      let day = number(1...2)
    {
      return CalendarDate(year: year, month: month, day: day)
    }
    self = start
    if let month = number(1...2), let separator = dateSeparator("/-"), let day = number(1...2), skip(separator),
      let year = number(4...4)
    {
      return CalendarDate(year: year, month: month, day: day)
    }
    self = start
    return dateWithMonthName()
  }

  private mutating func dateSeparator(_ separators: String) -> Unicode.Scalar? {
    for separator in separators.unicodeScalars where skip(separator) { return separator }
    return nil
  }

  private mutating func dateWithMonthName() -> CalendarDate? {
    if name(of: DateNames.weekdays) ?? name(of: DateNames.shortWeekdays) != nil { skipFiller() }
    if let day = number(1...2) {
      skipFiller()
      guard let month = month() else { return nil }
      skipFiller()
      return number(4...4).flatMap { CalendarDate(year: $0, month: month, day: day) }
    }
    guard let month = month() else { return nil }
    skipFiller()
    guard let day = number(1...2) else { return nil }
    skipFiller()
    return number(4...4).flatMap { CalendarDate(year: $0, month: month, day: day) }
  }

  private mutating func month() -> Int64? {
    (name(of: DateNames.months) ?? name(of: DateNames.shortMonths)).map { Int64($0 + 1) }
  }

  private mutating func skipFiller() {
    while skipWhiteSpace() || skip(",") || skip("-") || skip(".") {}
  }

  fileprivate mutating func skipTimeSeparator() -> Bool {
    if skip("T") || skip("t") { return true }
    _ = skip(",")
    return skipWhiteSpace()
  }

  fileprivate mutating func timeOfDay() -> Int64? {
    guard let hour = number(1...2), skip(":"), let minute = number(2...2) else { return nil }
    var second: Int64 = 0
    var fraction: Int64 = 0
    if skip(":") {
      guard let seconds = number(2...2) else { return nil }
      second = seconds
      if skip(".") {
        guard let part = self.fraction(1...18) else { return nil }
        fraction = part
      }
    }
    let end = self
    skipWhiteSpace()
    let designator = name(of: DateNames.designators)
    if designator == nil { self = end }
    return TimeOfDay.ticks(hour, minute, second, fraction, designator: designator)
  }

  fileprivate mutating func zoneAtEnd() -> Int64? {
    skipWhiteSpace()
    if isAtEnd { return 0 }
    if name(of: ["GMT", "UTC"]) != nil { return isAtEnd ? 0 : nil }
    guard let offset = offset(), isAtEnd else { return nil }
    return offset
  }
}

enum TimeOfDay {
  /// Nil when there is no such time. `designator`: 0 is AM and 1 is PM.
  static func ticks(
    _ hour: Int64, _ minute: Int64, _ second: Int64, _ fraction: Int64, designator: Int?
  ) -> Int64? {
    guard hour < 24, minute < 60, second < 60 else { return nil }
    var hour = hour
    if let designator {
      guard hour <= 12 else { return nil }
      hour = hour % 12 + (designator == 1 ? 12 : 0)
    }
    return ((hour * 60 + minute) * 60 + second) * DateTime.ticksPerSecond + fraction
  }
}
