struct Token: Sendable {
  enum Kind: Sendable, Hashable {
    case name(String)
    case attribute(String)
    case text(String)
    case number(Number)
    case comparison(Comparison.Operator)
    case comma, open, close, end
  }

  var kind: Kind
  var position: Position
}

/// Splits an expression into tokens. Works on Unicode scalars, as a quote with a combining mark behind it is still a
/// quote.
struct Lexer {
  private var rest: Substring.UnicodeScalarView
  private var position = Position.start
  /// Places of backslashes that stand before neither a quote nor a backslash; they are kept
  /// (docs/reference/expressions.md, "Syntax").
  private(set) var looseBackslashes: [Position] = []

  init(_ text: String) {
    rest = Substring(text).unicodeScalars
  }

  mutating func next() throws(ExpressionError) -> Token {
    while let scalar = rest.first, scalar.properties.isWhitespace || scalar == "\u{FEFF}" { advance() }
    let position = position
    return Token(kind: try kind(), position: position)
  }

  private mutating func kind() throws(ExpressionError) -> Token.Kind {
    guard let first = rest.first else { return .end }
    switch first {
    case ",": return take(.comma)
    case "(": return take(.open)
    case ")": return take(.close)
    case "\"": return try text()
    case "[": return try attribute()
    case "=", "<", ">": return comparison()
    case "0"..."9", "-", "&": return try number()
    case _ where isNameStart(first): return .name(String(String.UnicodeScalarView(takeAll(while: isNamePart))))
    case "'", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{201E}":
      throw error("text stands in plain double quotes (\"...\"), not in \(first)")
    case "+": throw error("there is no operator +: join texts with Append or Join")
    default: throw error("'\(first)' does not belong here")
    }
  }

  private mutating func text() throws(ExpressionError) -> Token.Kind {
    let start = position
    advance()
    var text = String.UnicodeScalarView()
    while let scalar = rest.first {
      let place = position
      advance()
      switch scalar {
      case "\"": return .text(String(text))
      case "\\":
        guard let escaped = rest.first else { break }
        if escaped != "\"", escaped != "\\" {
          looseBackslashes.append(place)
          text.append(scalar)
        }
        text.append(escaped)
        advance()
      default: text.append(scalar)
      }
    }
    throw ExpressionError(position: start, message: "this text has no closing quote")
  }

  private mutating func attribute() throws(ExpressionError) -> Token.Kind {
    let start = position
    var name = String.UnicodeScalarView()
    var depth = 0
    var isQuoted = false
    while let scalar = rest.first {
      advance()
      switch scalar {
      case "\"": isQuoted.toggle()
      case "[" where !isQuoted: depth += 1
      case "]" where !isQuoted: depth -= 1
      default: break
      }
      name.append(scalar)
      if depth == 0 {
        let name = String(String(name).dropFirst().dropLast()).trimmed
        if name.isEmpty { throw ExpressionError(position: start, message: "the brackets name no attribute") }
        return .attribute(name)
      }
    }
    throw ExpressionError(position: start, message: "this attribute has no closing bracket ]")
  }

  private mutating func number() throws(ExpressionError) -> Token.Kind {
    let start = position
    let text = String(String.UnicodeScalarView(takeAll { isNamePart($0) || $0 == "." || $0 == "-" || $0 == "&" }))
    if let number = Number(text) { return .number(number) }
    if text.hasPrefix("&H"), text.utf8.count > 2, let integer = Int64(hexadecimal: text.dropFirst(2)) {
      return .number(Number(integer))
    }
    let message =
      text == "&"
      ? "there is no operator &: join texts with Append or Join"
      : "'\(text)' is not a number such as 7, -10, 42568.75 or &HF7"
    throw ExpressionError(position: start, message: message)
  }

  private mutating func comparison() -> Token.Kind {
    let sign: Comparison.Operator =
      switch (rest.first, rest.dropFirst().first) {
      case ("<", ">"): .notEqual
      case ("<", "="): .lessOrEqual
      case ("<", _): .less
      case (">", "="): .greaterOrEqual
      case (">", _): .greater
      default: .equal
      }
    for _ in sign.rawValue.unicodeScalars { advance() }
    return .comparison(sign)
  }

  private func error(_ message: String) -> ExpressionError {
    ExpressionError(position: position, message: message)
  }

  private mutating func take(_ kind: Token.Kind) -> Token.Kind {
    advance()
    return kind
  }

  private mutating func takeAll(while belongs: (Unicode.Scalar) -> Bool) -> [Unicode.Scalar] {
    var taken: [Unicode.Scalar] = []
    while let scalar = rest.first, belongs(scalar) {
      taken.append(scalar)
      advance()
    }
    return taken
  }

  private mutating func advance() {
    switch rest.popFirst() {
    case nil: break
    case "\n": position = Position(line: position.line + 1, column: 1)
    default: position.column += 1
    }
  }
}

private func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
  scalar.properties.isAlphabetic || scalar == "_"
}

private func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
  isNameStart(scalar) || scalar.properties.numericType != nil
}

extension Int64 {
  /// Hexadecimal digits and nothing else.
  fileprivate init?(hexadecimal digits: Substring) {
    guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }) else { return nil }
    self.init(digits, radix: 16)
  }
}
