extension Function {
  /// Putting texts together and taking them apart (docs/reference/expressions.md, "Text").
  static let text: [Function] = [
    Function("Append", .required("source"), .required("suffix")) { call, context throws(EvaluationError) in
      guard let source = try call.text(0, context) else { return .null }
      return .text(source + (try call.text(1, context) ?? ""))
    },
    Function("Prepend", .required("prefix"), .required("source")) { call, context throws(EvaluationError) in
      guard let source = try call.text(1, context) else { return .null }
      return .text((try call.text(0, context) ?? "") + source)
    },
    Function("Join", .required("separator"), .optional("source"), repeating: 1, evaluate: join),
    Function("Left", .required("text"), .required("count")) { call, context throws(EvaluationError) in
      let count = try call.requiredInteger(1, context)
      guard let text = try call.text(0, context) else { return .text("") }
      return .text(count < 0 ? text : text.slice(from: 0, length: count))
    },
    Function("Mid", .required("source"), .required("start"), .required("length")) {
      call, context throws(EvaluationError) in
      let start = try call.requiredInteger(1, context)
      let length = try call.requiredInteger(2, context)
      guard start >= 1 else { throw call.unsuitable(1, "must be 1 or more") }
      guard length >= 0 else { throw call.unsuitable(2, "must not be negative") }
      guard let text = try call.text(0, context) else { return .null }
      return .text(text.slice(from: start - 1, length: length))
    },
    Function("Len", .required("value")) { call, context throws(EvaluationError) in
      .number(Number(try call.text(0, context)?.utf16.count ?? 0))
    },
    Function(
      "InStr", .required("value1"), .required("value2"), .optional("start"), .optional("compareType", .compareType),
      preparing: prepareInStr),
    Function("Word", .required("text"), .required("number"), .required("delimiters")) {
      call, context throws(EvaluationError) in
      let number = try call.requiredInteger(1, context)
      let delimiters = Set((try call.text(2, context) ?? "").unicodeScalars)
      guard number >= 1, let text = try call.text(0, context) else { return .text("") }
      try context.step(text.utf8.count, in: call)
      let words = text.unicodeScalars.split { delimiters.contains($0) }
      return .text(number <= words.count ? String(words[Int(number) - 1]) : "")
    },
    Function("Split", .required("source"), .required("delimiter"), evaluate: split),
    Function("StripSpaces", .required("source")) { call, context throws(EvaluationError) in
      try call.text(0, context).map { .text(String($0.unicodeScalars.filter { $0 != " " })) } ?? .null
    },
    Function("Redact", .required("value")) { call, context throws(EvaluationError) in
      try call.result(0, context)
    },
  ]

  @Sendable private static func join(_ call: Call, _ context: Evaluation) throws(EvaluationError) -> Value {
    let separator = try call.text(0, context) ?? ""
    var joined = ""
    var isFirst = true
    func add(_ text: String) throws(EvaluationError) {
      guard !text.isEmpty else { return }
      try context.step(in: call)
      if joined.utf8.count > context.bytesLeft { throw context.tooLong(call) }
      if !isFirst { joined += separator }
      joined += text
      isFirst = false
    }
    for index in call.arguments.indices.dropFirst() {
      switch try call.value(index, context) {
      case .texts(let texts): for text in texts { try add(text) }
      case .roles: throw call.unsuitable(index, "is a list of roles; read it with SingleAppRoleAssignment")
      case let value: try add(value.text ?? "")
      }
    }
    return .text(joined)
  }

  @Sendable private static func prepareInStr(_ syntax: CallSyntax) throws(ExpressionError) -> Evaluator {
    var ignoresCase = false
    switch syntax.argument(3)?.node {
    case nil, .word(.vbBinaryCompare): break
    case .word(.vbTextCompare): ignoresCase = true
    default: throw syntax.error("compareType is vbTextCompare or vbBinaryCompare, without quotes", at: 3)
    }
    return { [ignoresCase] call, context throws(EvaluationError) in
      let start = try call.integer(2, context) ?? 1
      guard start >= 1 else { throw call.unsuitable(2, "must be 1 or more") }
      guard var text = try call.text(0, context), var part = try call.text(1, context) else {
        return .number(Number(0))
      }
      if ignoresCase {
        (text, part) = (LetterCase.cultural.upper(text), LetterCase.cultural.upper(part))
      }
      try context.step(text.utf8.count + part.utf8.count, in: call)
      return .number(Number(place(of: Array(part.utf16), in: Array(text.utf16), from: start)))
    }
  }

  /// Counts from 1; 0 when not found.
  private static func place(of part: [UInt16], in text: [UInt16], from start: Int64) -> Int {
    guard start <= text.count, part.count <= text.count else { return 0 }
    if part.isEmpty { return Int(start) }
    var place = 0
    OrdinalSearch(for: part).forEachPlace(in: text, from: Int(start) - 1) { index in
      place = index + 1
      return false
    }
    return place
  }

  @Sendable private static func split(_ call: Call, _ context: Evaluation) throws(EvaluationError) -> Value {
    guard let delimiter = try call.text(1, context)?.unicodeScalars, let character = delimiter.first,
      delimiter.count == 1
    else { throw call.unsuitable(1, "must be one character") }
    guard let source = try call.text(0, context) else { return .null }
    try context.step(source.utf8.count, in: call)
    let parts = source.unicodeScalars.split(separator: character).map { String($0).trimmed }
    return .texts(parts.filter { !$0.isEmpty })
  }
}
