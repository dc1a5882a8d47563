/// Builds the tree of an expression by recursive descent.
struct Parser {
  /// Deeper nesting is refused: each level costs stack, here and in every evaluation. This depth takes less than 200 KB
  /// of it.
  static let maximumDepth = 100

  private var lexer: Lexer
  private var token: Token
  private var depth = 0

  private init(_ text: String) throws(ExpressionError) {
    lexer = Lexer(text)
    token = try lexer.next()
  }

  static func parse(_ text: String) throws(ExpressionError) -> (root: Node, looseBackslashes: [Position]) {
    guard text.utf16.count <= Expression.maximumLength else {
      throw ExpressionError(
        position: .start,
        message: "the expression is longer than \(Expression.maximumLength) characters, the most that Entra takes")
    }
    var parser = try Parser(text)
    guard parser.token.kind != .end else { throw parser.error("the expression is empty") }
    let root = try parser.expression(as: .required("expression"))
    guard parser.token.kind == .end else { throw parser.error(parser.afterTheEnd) }
    return (root, parser.lexer.looseBackslashes)
  }

  private var afterTheEnd: String {
    switch token.kind {
    case .close: "this bracket closes nothing"
    case .comma: "a comma stands only between the arguments of a function"
    default: "the expression is complete before this; " + noOperators
    }
  }

  private let noOperators = "to combine values, use functions such as Join and IIF"

  private mutating func expression(as parameter: Function.Parameter) throws(ExpressionError) -> Node {
    let left = try side(as: parameter)
    guard case .comparison(let sign) = token.kind else { return left.node }
    let position = token.position
    guard parameter.kind == .condition else {
      throw error("a comparison (\(sign.rawValue)) may stand only as the condition of IIF or in CBool")
    }
    try advance()
    let right = try side(as: parameter)
    if case .comparison = token.kind {
      throw error("a condition is one comparison; nest IIF in the second argument for AND, in the third for OR")
    }
    return .comparison(Comparison(left, sign, right, position: position))
  }

  private mutating func side(as parameter: Function.Parameter) throws(ExpressionError) -> Comparison.Side {
    let position = token.position
    return Comparison.Side(node: try operand(as: parameter), position: position)
  }

  private mutating func operand(as parameter: Function.Parameter) throws(ExpressionError) -> Node {
    let start = token
    switch start.kind {
    case .attribute(let name):
      try advance()
      return .attribute(name)
    case .text(let text):
      try advance()
      return .constant(.text(text))
    case .number(let number):
      try advance()
      return .constant(.number(number))
    case .name(let name):
      try advance()
      if token.kind == .open { return try call(name, at: start.position) }
      return try word(name, at: start.position, as: parameter)
    case .end: throw error("the expression ends where a value is expected")
    case .open: throw error("brackets stand only after a function's name")
    case .comma, .close, .comparison: throw error("a value is missing here")
    }
  }

  private func word(_ name: String, at position: Position, as parameter: Function.Parameter) throws(ExpressionError)
    -> Node
  {
    guard let word = Node.Word(rawValue: name) else {
      throw ExpressionError(position: position, message: Suggestion.forWord(name))
    }
    let isCompareType = word == .vbTextCompare || word == .vbBinaryCompare
    if isCompareType, parameter.kind != .compareType {
      throw ExpressionError(position: position, message: "\(name) may stand only as the fourth argument of InStr")
    }
    return .word(word)
  }

  private mutating func call(_ name: String, at position: Position) throws(ExpressionError) -> Node {
    guard let function = Function.named(name) else {
      throw ExpressionError(position: position, message: Suggestion.forFunction(name))
    }
    guard depth < Self.maximumDepth else {
      throw ExpressionError(
        position: position,
        message: "functions are nested more than \(Self.maximumDepth) deep; split the mapping, or use Switch")
    }
    depth += 1
    defer { depth -= 1 }
    let arguments = try arguments(of: function, openedAt: token.position)
    try checkCount(arguments, of: function, at: position)
    return .call(try Call(function, arguments, position: position))
  }

  private mutating func arguments(of function: Function, openedAt opening: Position) throws(ExpressionError)
    -> [Argument]
  {
    try advance()
    if token.kind == .close {
      try advance()
      return []
    }
    var arguments: [Argument] = []
    while true {
      let position = token.position
      guard token.kind != .end else { throw notClosed(function, opening) }
      if token.kind == .comma || token.kind == .close {
        arguments.append(Argument(node: nil, position: position))
      } else {
        let parameter = function.parameter(arguments.count) ?? .optional("")
        arguments.append(Argument(node: try expression(as: parameter), position: position))
      }
      switch token.kind {
      case .comma: try advance()
      case .close:
        try advance()
        return arguments
      case .end: throw notClosed(function, opening)
      case .name(let name) where Suggestion.operators[name.uppercased()] != nil: throw error(Suggestion.forWord(name))
      default:
        throw error("a comma or a closing bracket is missing before this; " + noOperators)
      }
    }
  }

  private func notClosed(_ function: Function, _ opening: Position) -> ExpressionError {
    ExpressionError(position: opening, message: "the bracket of \(function.name) is not closed")
  }

  private func checkCount(_ arguments: [Argument], of function: Function, at position: Position) throws(ExpressionError)
  {
    if arguments.count > function.parameters.count, function.repeating == 0 {
      let most = function.parameters.count
      let limit = most == 0 ? "no arguments" : "at most \(most) argument\(most == 1 ? "" : "s")"
      throw ExpressionError(
        position: arguments[most].position, message: "\(function.signature) takes \(limit), not \(arguments.count)")
    }
    for (index, parameter) in function.parameters.enumerated() where parameter.isRequired {
      guard index < arguments.count, arguments[index].node != nil else {
        let place = index < arguments.count ? arguments[index].position : position
        throw ExpressionError(
          position: place, message: "\(function.signature) lacks its argument \(index + 1), \(parameter.name)")
      }
    }
  }

  private mutating func advance() throws(ExpressionError) {
    token = try lexer.next()
  }

  private func error(_ message: String) -> ExpressionError {
    ExpressionError(position: token.position, message: message)
  }
}
