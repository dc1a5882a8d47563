/// Dates as protocols write them; those of HTTP in their three forms (RFC 9110, section 5.6.7).
package enum HTTPDate {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// As mail writes it (RFC 5322, section 3.3): `Sun, 06 Nov 1994 08:49:37 +0000`.
  /// - Parameter seconds: Since 1970.
  static func mailText(_ seconds: Int64) -> String {
    func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (days, time) = seconds.quotientAndRemainder(dividingBy: 86_400)
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int(days % 7)]
    var (year, month): (Int64, Int64) = (1970 + days / 366, 1)
    while Self.days(year + 1, 1, 1) <= days { year += 1 }
    while month < 12, Self.days(year, month + 1, 1) <= days { month += 1 }
    let day = days - Self.days(year, month, 1) + 1
    let clock = [time / 3600, time / 60 % 60, time % 60].map(twoDigits).joined(separator: ":")
    return "\(weekday), \(twoDigits(day)) \(months[Int(month) - 1]) \(year) \(clock) +0000"
  }

  /// Seconds since 1970.
  package static func parse(_ text: String) -> Int64? {
    let parts = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "-" }).map(String.init)
    switch parts.count {
    // Sun, 06 Nov 1994 08:49:37 GMT, and Sunday, 06-Nov-94 08:49:37 GMT
    case 6 where parts[5] == "GMT": return seconds(parts[3], parts[2], parts[1], parts[4])
    // Sun Nov  6 08:49:37 1994
    case 5: return seconds(parts[4], parts[1], parts[2], parts[3])
    default: return nil
    }
  }

  private static func seconds(_ year: String, _ month: String, _ day: String, _ time: String) -> Int64? {
    let clock = time.split(separator: ":").compactMap { Int64($0) }
    guard var year = Int64(year), let month = months.firstIndex(of: month), let day = Int64(day), clock.count == 3,
      (1...31).contains(day), clock[0] < 24, clock[1] < 60, clock[2] <= 60
    else { return nil }
    if year < 100 { year += year < 70 ? 2000 : 1900 }
    return ((days(year, Int64(month) + 1, day) * 24 + clock[0]) * 60 + clock[1]) * 60 + clock[2]
  }

  /// Days since 1970-01-01, counted in years that begin in March.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
