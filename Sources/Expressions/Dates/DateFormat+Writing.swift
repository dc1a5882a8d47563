extension DateFormat {
  func text(of moment: DateTime) -> String {
    let date = moment.date
    var text = String.UnicodeScalarView()
    for element in elements {
      if case .fraction(let count, isOptional: true) = element {
        // As in .NET, a fraction that is not written takes its point with it.
        let digits = Self.digits(of: moment.fraction, count).droppingTrailingZeros
        if digits.isEmpty, text.last == "." { text.removeLast() }
        text += digits.unicodeScalars
      } else {
        text += Self.text(of: element, moment, date).unicodeScalars
      }
    }
    return String(text)
  }

  private static func text(of element: Element, _ moment: DateTime, _ date: CalendarDate) -> String {
    switch element {
    case .year(let count): count <= 2 ? padded(date.year % 100, count) : padded(date.year, count)
    case .month(3): DateNames.shortMonths[Int(date.month) - 1]
    case .month(4...): DateNames.months[Int(date.month) - 1]
    case .month(let count): padded(date.month, count)
    case .day(3): DateNames.shortWeekdays[Int(moment.weekday)]
    case .day(4...): DateNames.weekdays[Int(moment.weekday)]
    case .day(let count): padded(date.day, count)
    case .hour24(let count): padded(moment.hour, min(count, 2))
    case .hour12(let count): padded((moment.hour + 11) % 12 + 1, min(count, 2))
    case .minute(let count): padded(moment.minute, min(count, 2))
    case .second(let count): padded(moment.second, min(count, 2))
    case .fraction(let count, _): digits(of: moment.fraction, count)
    case .designator(let count): String(DateNames.designators[moment.hour < 12 ? 0 : 1].prefix(count))
    case .offset(1): "+0"
    case .offset(2): "+00"
    case .offset: "+00:00"
    case .zone: "Z"
    case .era: "A.D."
    case .literal(let scalar): String(scalar)
    }
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func digits(of fraction: Int64, _ count: Int) -> String {
    String(padded(fraction, 7).prefix(count))
  }
}

extension String {
  fileprivate var droppingTrailingZeros: String {
    String(prefix(upTo: lastIndex { $0 != "0" }.map { index(after: $0) } ?? startIndex))
  }
}
