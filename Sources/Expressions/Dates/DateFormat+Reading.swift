extension DateFormat {
  /// The moment that a text in this format names; nil when it does not fit. An offset moves it to UTC.
  /// - Parameter now: Supplies the date when the text has a time only, and the year when it has a month or day only.
  func moment(in text: String, styles: DateStyles, now: DateTime) -> DateTime? {
    var scanner = DateScanner(text)
    if styles.contains(.leadingWhite) { scanner.skipWhiteSpace() }
    var reading = Reading()
    for element in elements {
      if styles.contains(.innerWhite) { scanner.skipWhiteSpace() }
      guard reading.read(element, &scanner, skipsBlanks: styles.contains(.innerWhite)) else { return nil }
    }
    if styles.contains(.trailingWhite) { scanner.skipWhiteSpace() }
    return scanner.isAtEnd ? reading.moment(styles: styles, now: now) : nil
  }

  private struct Reading {
    private var year: Int64?
    private var month: Int64?
    private var day: Int64?
    private var weekday: Int64?
    private var hour: Int64?
    private var hour12: Int64?
    private var minute: Int64?
    private var second: Int64?
    private var fraction: Int64?
    private var designator: Int64?
    private var offset: Int64?

    mutating func read(_ element: Element, _ scanner: inout DateScanner, skipsBlanks: Bool) -> Bool {
      switch element {
      case .year(let count): Self.set(&year, Self.year(&scanner, count))
      case .month(3): Self.set(&month, scanner.name(of: DateNames.shortMonths).map { $0 + 1 })
      case .month(4...): Self.set(&month, scanner.name(of: DateNames.months).map { $0 + 1 })
      case .month(let count): Self.set(&month, Self.number(&scanner, count))
      case .day(3): Self.set(&weekday, scanner.name(of: DateNames.shortWeekdays))
      case .day(4...): Self.set(&weekday, scanner.name(of: DateNames.weekdays))
      case .day(let count): Self.set(&day, Self.number(&scanner, count))
      case .hour24(let count): Self.set(&hour, Self.number(&scanner, count))
      case .hour12(let count): Self.set(&hour12, Self.number(&scanner, count))
      case .minute(let count): Self.set(&minute, Self.number(&scanner, count))
      case .second(let count): Self.set(&second, Self.number(&scanner, count))
      case .fraction(let count, let isOptional):
        Self.set(&fraction, scanner.fraction((isOptional ? 0 : count)...count))
      case .designator(1): Self.set(&designator, scanner.name(of: ["A", "P"]))
      case .designator: Self.set(&designator, scanner.name(of: DateNames.designators))
      case .offset: Self.set(&offset, scanner.offset())
      case .zone: Self.set(&offset, scanner.offset() ?? offset ?? 0)
      case .era: scanner.name(of: ["A.D.", "AD"]) != nil
      case .literal(let scalar): skipsBlanks && scalar.properties.isWhitespace || scanner.skip(scalar)
      }
    }

    /// False when there is no value, or another one than before.
    private static func set(_ place: inout Int64?, _ value: (some BinaryInteger)?) -> Bool {
      guard let value, place == nil || place == Int64(value) else { return false }
      place = Int64(value)
      return true
    }

    private static func number(_ scanner: inout DateScanner, _ count: Int) -> Int64? {
      scanner.number(count == 1 ? 1...2 : 2...2)
    }

    /// Of two digits, those up to 49 are of this century, as in .NET.
    private static func year(_ scanner: inout DateScanner, _ count: Int) -> Int64? {
      if count > 2 { return scanner.number(count...max(count, count == 3 ? 4 : count)) }
      return number(&scanner, count).map { $0 + ($0 < 50 ? 2000 : 1900) }
    }

    func moment(styles: DateStyles, now: DateTime) -> DateTime? {
      guard let date = date(styles: styles, now: now) else { return nil }
      if let hour12, hour12 > 12 { return nil }
      let designator = hour == nil ? designator.map { Int($0) } : nil
      let hour = hour ?? hour12.map { designator == nil ? $0 % 12 : $0 } ?? 0
      let ticks = TimeOfDay.ticks(hour, minute ?? 0, second ?? 0, fraction ?? 0, designator: designator)
      guard let moment = ticks.flatMap({ DateTime(date, ticksOfDay: $0) }) else { return nil }
      if let weekday, weekday != moment.weekday { return nil }
      return moment.adding(-(offset ?? 0), of: 60 * DateTime.ticksPerSecond)
    }

    private func date(styles: DateStyles, now: DateTime) -> CalendarDate? {
      if year == nil, month == nil, day == nil {
        return styles.contains(.noCurrentDate) ? CalendarDate(day: 0) : now.date
      }
      return CalendarDate(year: year ?? now.date.year, month: month ?? 1, day: day ?? 1)
    }
  }
}
