extension Function {
  /// docs/reference/expressions.md, "Dates".
  static let date: [Function] = [
    Function("Now") { _, context in .date(DateTime(millisecondsSince1970: context.now)) },
    Function("CDate", .required("text")) { call, context throws(EvaluationError) in
      .date(try call.date(0, context))
    },
    Function(
      "DateAdd", .required("interval"), .required("value"), .required("dateTime"),
      preparing: checkingInterval(dateAdd)),
    Function(
      "DateDiff", .required("interval"), .required("date1"), .required("date2"), preparing: checkingInterval(dateDiff)),
    Function("DateFromNum", .required("value")) { call, context throws(EvaluationError) in
      guard let number = try call.integer(0, context) else { return .null }
      guard number >= 0, let date = DateTime(ticks: DateTime.fileTimeEpoch)?.adding(number, of: 1) else {
        throw call.unsuitable(0, "is no FILETIME: 100 ns since 1601, up to the year 9999")
      }
      return .date(date)
    },
    Function("NumFromDate", .required("value")) { call, context throws(EvaluationError) in
      let value = try call.value(0, context)
      if value.isNull { return .null }
      let fileTime = try call.date(in: value, 0).ticks - DateTime.fileTimeEpoch
      guard fileTime >= 0 else { throw call.unsuitable(0, "is before 1601, where FILETIME begins") }
      return .number(Number(fileTime))
    },
  ]

  private enum Interval: String, CaseIterable {
    case year = "yyyy"
    case month = "m"
    case day = "d"
    case week = "ww"
    case hour = "h"
    case minute = "n"
    case second = "s"

    /// Nil for calendar intervals, which differ in length.
    var ticks: Int64? {
      switch self {
      case .year, .month: nil
      case .week: 7 * DateTime.ticksPerDay
      case .day: DateTime.ticksPerDay
      case .hour: 3600 * DateTime.ticksPerSecond
      case .minute: 60 * DateTime.ticksPerSecond
      case .second: DateTime.ticksPerSecond
      }
    }

    static let problem =
      "must be one of \(allCases.map(\.rawValue).joined(separator: ", ")) (n is minute, m is month)"
  }

  private static func checkingInterval(
    _ evaluate: @escaping Evaluator
  ) -> @Sendable (CallSyntax) throws(ExpressionError) -> Evaluator {
    { (syntax) throws(ExpressionError) in
      if let text = syntax.constantText(0), Interval(rawValue: text) == nil {
        throw syntax.error("interval \(Interval.problem)", at: 0)
      }
      return evaluate
    }
  }

  @Sendable private static func dateAdd(_ call: Call, _ context: Evaluation) throws(EvaluationError) -> Value {
    let interval = try interval(call, context)
    let count = try call.requiredInteger(1, context)
    let start = try call.date(2, context)
    let end: DateTime?
    if let ticks = interval.ticks {
      end = start.adding(count, of: ticks)
    } else {
      let (months, overflows) = count.multipliedReportingOverflow(by: interval == .year ? 12 : 1)
      end = overflows ? nil : start.date.adding(months: months).flatMap { DateTime($0, ticksOfDay: start.ticksOfDay) }
    }
    guard let end else { throw call.unsuitable(1, "leads out of the years 1 to 9999") }
    return .date(end)
  }

  /// Days and less: elapsed time in whole units. Years, months and weeks: how many of their borders lie between, as in
  /// Visual Basic.
  @Sendable private static func dateDiff(_ call: Call, _ context: Evaluation) throws(EvaluationError) -> Value {
    let interval = try interval(call, context)
    let start = try call.date(1, context)
    let end = try call.date(2, context)
    let (first, second) = (start.date, end.date)
    let difference =
      switch interval {
      case .year: second.year - first.year
      case .month: (second.year - first.year) * 12 + second.month - first.month
      case .week: end.sundayBasedWeek - start.sundayBasedWeek
      case .day, .hour, .minute, .second: (end.ticks - start.ticks) / (interval.ticks ?? 1)
      }
    return .number(Number(difference))
  }

  private static func interval(_ call: Call, _ context: Evaluation) throws(EvaluationError) -> Interval {
    let name = try call.text(0, context) ?? ""
    guard let interval = Interval.allCases.first(where: { $0.rawValue.isOrdinallyEqual(to: name) }) else {
      throw call.unsuitable(0, Interval.problem)
    }
    return interval
  }
}

extension Call {
  fileprivate func date(_ index: Int, _ context: Evaluation) throws(EvaluationError) -> DateTime {
    try date(in: value(index, context), index)
  }

  fileprivate func date(in value: Value, _ index: Int) throws(EvaluationError) -> DateTime {
    if value.isNull {
      throw unsuitable(index, "has no value; guard it, for example with Coalesce([date], \"9999-12-31\")")
    }
    guard let date = value.date else {
      throw unsuitable(
        index, "is no date such as 2031-04-09 or 2031-04-09T16:30:00+02:00; read other forms with FormatDateTime")
    }
    return date
  }
}

extension DateTime {
  /// Weeks since the first Sunday before the year 1.
  fileprivate var sundayBasedWeek: Int64 {
    // 0001-01-01 was a Monday.
    (ticks / Self.ticksPerDay + 1) / 7
  }
}
