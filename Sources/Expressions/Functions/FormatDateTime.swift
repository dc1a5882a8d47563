extension Function {
  /// docs/reference/expressions.md, "FormatDateTime". The old form has three arguments, without dateTimeStyles.
  static let formatDateTime = Function(
    "FormatDateTime", .required("source"), .optional("dateTimeStyles"), .optional("inputFormat"),
    .optional("outputFormat")
  ) { (syntax) throws(ExpressionError) in
    let isOldForm = syntax.arguments.count == 3
    let places = isOldForm ? Places(styles: nil, input: 1, output: 2) : Places(styles: 1, input: 2, output: 3)
    guard syntax.argument(places.output) != nil else {
      throw syntax.error("outputFormat is missing; give one such as \"yyyy-MM-dd\"")
    }
    let prepared = PreparedFormats(
      input: try syntax.format(places.input), output: try syntax.format(places.output))
    if let place = places.styles, let styles = syntax.constantText(place), DateStyles(styles) == nil {
      let names = DateStyles.names.map(\.name)
      let nearest = Suggestion.nearest(to: styles, in: names).map { ". Did you mean \($0)?" } ?? ""
      throw syntax.error("unknown dateTimeStyles \"\(styles)\"\(nearest)", at: place)
    }
    return { call, context throws(EvaluationError) in try format(call, context, places, prepared) }
  }

  private static func format(
    _ call: Call, _ context: Evaluation, _ places: Places, _ prepared: PreparedFormats
  ) throws(EvaluationError) -> Value {
    let source = try call.value(0, context)
    if source.isNull { return .null }
    let moment: DateTime
    if case .date(let date) = source {
      moment = date
    } else {
      var styles = DateStyles.standard
      if let place = places.styles, let names = try call.text(place, context), !names.isEmpty {
        guard let named = DateStyles(names) else { throw call.unsuitable(place, "names an unknown style") }
        styles = named
      }
      let input = if let input = prepared.input { input } else { try call.format(places.input, context) }
      let text = try call.text(in: source, 0) ?? ""
      let now = DateTime(millisecondsSince1970: context.now)
      guard let parsed = input.moment(in: text, styles: styles, now: now) else {
        throw call.unsuitable(0, "does not fit inputFormat")
      }
      moment = parsed
    }
    let output = if let output = prepared.output { output } else { try call.format(places.output, context) }
    return .text(output.text(of: moment))
  }

  private struct Places: Sendable {
    var styles: Int?
    var input: Int
    var output: Int
  }

  /// The formats that are constants.
  private struct PreparedFormats: Sendable {
    var input: DateFormat?
    var output: DateFormat?
  }
}

extension CallSyntax {
  fileprivate func format(_ index: Int) throws(ExpressionError) -> DateFormat? {
    guard let text = constantText(index) else { return nil }
    do {
      return try DateFormat(text)
    } catch {
      throw self.error("\"\(text)\" is not a date format: \(error.reason)", at: index)
    }
  }
}

extension Call {
  fileprivate func format(_ index: Int, _ context: Evaluation) throws(EvaluationError) -> DateFormat {
    let format = try text(index, context) ?? ""
    guard format.utf8.count <= Expression.maximumLength else {
      throw unsuitable(index, "is longer than \(Expression.maximumLength) bytes")
    }
    do {
      return try DateFormat(format)
    } catch {
      throw unsuitable(index, "is not a date format: \(error.reason)")
    }
  }
}
