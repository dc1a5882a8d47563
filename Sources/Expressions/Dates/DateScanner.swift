/// Reads the pieces of a date from the front of a text.
struct DateScanner {
  private var rest: Substring.UnicodeScalarView

  init(_ text: String) {
    rest = Substring(text).unicodeScalars
  }

  var isAtEnd: Bool { rest.isEmpty }
  var startsWithDigit: Bool { rest.first?.isASCIIDigit == true }

  mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == scalar else { return false }
    rest.removeFirst()
    return true
  }

  @discardableResult
  mutating func skipWhiteSpace() -> Bool {
    let count = rest.prefix { $0.properties.isWhitespace }.count
    rest.removeFirst(count)
    return count > 0
  }

  /// As many digits as are there, up to the bound; nil, and nothing read, when they are too few.
  mutating func digits(_ counts: ClosedRange<Int>) -> Substring.UnicodeScalarView? {
    let digits = rest.prefix(counts.upperBound).prefix { $0.isASCIIDigit }
    guard digits.count >= counts.lowerBound else { return nil }
    rest.removeFirst(digits.count)
    return digits
  }

  mutating func number(_ counts: ClosedRange<Int>) -> Int64? {
    digits(counts).flatMap { Int64(String($0)) }
  }

  /// A part of a second, in steps of 100 ns; what is finer is cut off.
  mutating func fraction(_ counts: ClosedRange<Int>) -> Int64? {
    guard let digits = digits(counts) else { return nil }
    return Int64(String(digits.prefix(7)) + String(repeating: "0", count: max(0, 7 - digits.count)))
  }

  /// The index of the name, letter case ignored, that the text goes on with.
  mutating func name(of names: [String]) -> Int? {
    let index = names.firstIndex { name in
      let candidate = rest.prefix(name.unicodeScalars.count)
      return String(candidate).lowercased() == name.lowercased()
    }
    if let index { rest.removeFirst(names[index].unicodeScalars.count) }
    return index
  }

  /// `Z` or an offset such as `+02:00`, `-0700` or `+2`, in minutes.
  mutating func offset() -> Int64? {
    if skip("Z") || skip("z") { return 0 }
    let start = rest
    let isNegative = rest.first == "-"
    guard skip("+") || skip("-"), let hours = number(1...2) else {
      rest = start
      return nil
    }
    let minutes = skip(":") ? number(2...2) : number(2...2) ?? 0
    guard let minutes, hours <= 14, minutes < 60 else {
      rest = start
      return nil
    }
    return (hours * 60 + minutes) * (isNegative ? -1 : 1)
  }
}

/// English, as the service writes dates.
enum DateNames {
  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
  static let shortMonths = months.map { String($0.prefix(3)) }
  static let shortWeekdays = weekdays.map { String($0.prefix(3)) }
  static let designators = ["AM", "PM"]
}
