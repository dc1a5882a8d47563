extension Function {
  /// Replace does one of five things, by which arguments are given (docs/reference/expressions.md, "Replace").
  static let replace = Function(
    "Replace", .required("source"), .optional("oldValue"), .optional("regexPattern"), .optional("regexGroupName"),
    .optional("replacementValue"), .optional("replacementAttributeName"), .optional("template"),
    preparing: prepareReplace)

  @Sendable private static func prepareReplace(_ syntax: CallSyntax) throws(ExpressionError) -> Evaluator {
    // An empty text means something as replacementValue only.
    let given = (1...6).filter { syntax.argument($0) != nil && ($0 == 4 || syntax.constantText($0) != "") }
    let pattern = try PreparedPattern(syntax)
    switch given {
    case [1, 4]: return replaceText
    case [1, 6]: return fillTemplate
    case [2, 4]: return { call, context throws(EvaluationError) in try replaceMatches(pattern, call, context) }
    case [2, 3, 4]: return { call, context throws(EvaluationError) in try replaceGroup(pattern, call, context) }
    case [2, 3, 5]: return { call, context throws(EvaluationError) in try fallBack(pattern, call, context) }
    default:
      throw syntax.error(
        "besides source, give oldValue and replacementValue, or oldValue and template, or regexPattern and"
          + " replacementValue, or regexPattern, regexGroupName and replacementValue or replacementAttributeName;"
          + " leave the others empty")
    }
  }

  @Sendable private static func replaceText(_ call: Call, _ context: Evaluation) throws(EvaluationError) -> Value {
    guard let source = try call.text(0, context) else { return .null }
    return try call.replacing(
      try call.text(1, context) ?? "", in: source, with: try call.text(4, context) ?? "", context)
  }

  @Sendable private static func fillTemplate(_ call: Call, _ context: Evaluation) throws(EvaluationError)
    -> Value
  {
    guard let source = try call.text(0, context), let template = try call.text(6, context) else { return .null }
    return try call.replacing(try call.text(1, context) ?? "", in: template, with: source, context)
  }

  private static func replaceMatches(
    _ pattern: PreparedPattern, _ call: Call, _ context: Evaluation
  ) throws(EvaluationError) -> Value {
    guard let source = try call.text(0, context) else { return .null }
    guard let expression = try pattern.expression(call, context) else { return .text(source) }
    let matches = try call.matches(of: expression, in: source, context)
    if matches.isEmpty { return .text(source) }
    let replacement =
      if let prepared = pattern.replacement { prepared } else {
        ReplacementPattern(try call.text(4, context) ?? "", for: expression)
      }
    let limit = context.bytesLeft
    var text = ReplacedText(source, atMost: limit)
    for match in matches {
      try context.step(replacement.count, in: call)
      guard text.replace(match.whole, with: { replacement.append(to: &$0, for: match, in: $1, atMost: limit) }) else {
        throw context.tooLong(call)
      }
    }
    return .text(text.finished)
  }

  private static func replaceGroup(
    _ pattern: PreparedPattern, _ call: Call, _ context: Evaluation
  ) throws(EvaluationError) -> Value {
    guard let source = try call.text(0, context) else { return .null }
    guard let expression = try pattern.expression(call, context) else { return .text(source) }
    let group = try pattern.group(of: expression, call, context)
    let replacement = Array((try call.text(4, context) ?? "").utf16)
    var text = ReplacedText(source, atMost: context.bytesLeft)
    for match in try call.matches(of: expression, in: source, context) {
      guard let range = match.ranges[group] else { continue }
      try context.step(replacement.count, in: call)
      guard text.replace(range, with: { result, _ in result += replacement }) else { throw context.tooLong(call) }
    }
    return .text(text.finished)
  }

  private static func fallBack(
    _ pattern: PreparedPattern, _ call: Call, _ context: Evaluation
  ) throws(EvaluationError) -> Value {
    if let source = try call.text(0, context), !source.isEmpty { return .text(source) }
    guard let other = try call.text(5, context), let expression = try pattern.expression(call, context) else {
      return .null
    }
    let group = try pattern.group(of: expression, call, context)
    guard let match = try call.matches(of: expression, in: other, count: 1, context).first,
      let range = match.ranges[group]
    else { return .null }
    return .text(String(decoding: Array(other.utf16)[range], as: UTF16.self))
  }
}

/// The constant parts of a Replace, ready for use.
private struct PreparedPattern: Sendable {
  private var constant: RegularExpression?
  private(set) var replacement: ReplacementPattern?

  init(_ syntax: CallSyntax) throws(ExpressionError) {
    guard let pattern = syntax.constantText(2), !pattern.isEmpty else { return }
    let expression: RegularExpression
    do {
      expression = try RegularExpression(pattern)
    } catch {
      throw syntax.error("this is not a regular expression that can be used here: \(error.reason)", at: 2)
    }
    constant = expression
    replacement = syntax.constantText(4).map { ReplacementPattern($0, for: expression) }
    if let name = syntax.constantText(3), !name.isEmpty, expression.group(name) == nil {
      throw syntax.error("the regular expression has no group \"\(name)\"; write (?<\(name)>...) in it", at: 3)
    }
  }

  /// Nil when the pattern is null or empty.
  func expression(_ call: Call, _ context: Evaluation) throws(EvaluationError) -> RegularExpression? {
    if let constant { return constant }
    guard let pattern = try call.text(2, context), !pattern.isEmpty else { return nil }
    guard pattern.utf8.count <= Expression.maximumLength else {
      throw call.unsuitable(2, "is longer than \(Expression.maximumLength) bytes")
    }
    try context.step(pattern.utf8.count, in: call)
    do {
      return try RegularExpression(pattern)
    } catch {
      throw call.unsuitable(2, "is not a regular expression that can be used here: \(error.reason)")
    }
  }

  func group(of expression: RegularExpression, _ call: Call, _ context: Evaluation) throws(EvaluationError)
    -> Int
  {
    guard let group = expression.group(try call.text(3, context) ?? "") else {
      throw call.unsuitable(3, "names no group of the regular expression")
    }
    return group
  }
}

extension Call {
  fileprivate func replacing(
    _ old: String, in text: String, with new: String, _ context: Evaluation
  ) throws(EvaluationError) -> Value {
    try context.step(text.utf8.count + old.utf8.count, in: self)
    guard let result = text.replacingOrdinally(old, with: new, atMost: max(text.utf8.count, context.bytesLeft)) else {
      throw context.tooLong(self)
    }
    return .text(result)
  }

  fileprivate func matches(
    of expression: RegularExpression, in text: String, count: Int = .max, _ context: Evaluation
  ) throws(EvaluationError) -> [RegularExpression.Match] {
    guard text.utf16.count <= RegularExpression.maximumLength else {
      throw failure(
        "\(function.name): the value is longer than \(RegularExpression.maximumLength) characters, the most that a"
          + " regular expression may search", kind: .tooLong)
    }
    do {
      return try expression.matches(
        in: text, count: count, timeLimit: min(RegularExpression.timeLimit, context.timeLeft))
    } catch {
      let what = error == .timeLimit ? "took too long" : "needed more memory than it may use"
      throw failure(
        "\(function.name): the regular expression \(what) on this value; avoid repeats inside repeats, such as (a+)+",
        kind: .regularExpressionLimit)
    }
  }
}

/// A text of which ranges are replaced from left to right.
private struct ReplacedText {
  private let original: [UInt16]
  private var result: [UInt16] = []
  private var end = 0
  private let limit: Int

  /// - Parameter limit: Of the result, in UTF-16 units.
  init(_ original: String, atMost limit: Int) {
    self.original = Array(original.utf16)
    self.limit = max(limit, self.original.count)
  }

  /// False when the text has grown too long.
  mutating func replace(
    _ range: Range<Int>, with append: (_ result: inout [UInt16], _ original: [UInt16]) -> Void
  ) -> Bool {
    // A lookbehind may capture what stands before the match, and so before the one that is done.
    guard range.lowerBound >= end else { return true }
    result += original[end..<range.lowerBound]
    append(&result, original)
    end = range.upperBound
    return result.count <= limit
  }

  var finished: String {
    String(decoding: result + original[end...], as: UTF16.self)
  }
}
