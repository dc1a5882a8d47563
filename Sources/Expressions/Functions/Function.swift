/// A function of the language.
struct Function: Sendable {
  typealias Evaluator = @Sendable (Call, Evaluation) throws(EvaluationError) -> Value

  struct Parameter: Sendable {
    enum Kind: Sendable { case plain, condition, compareType }

    var name: String
    var isRequired: Bool
    var kind = Kind.plain

    static func required(_ name: String, _ kind: Kind = .plain) -> Parameter {
      Parameter(name: name, isRequired: true, kind: kind)
    }

    static func optional(_ name: String, _ kind: Kind = .plain) -> Parameter {
      Parameter(name: name, isRequired: false, kind: kind)
    }
  }

  let name: String
  let parameters: [Parameter]
  /// How many of the last parameters may come again and again: 1 for Join's sources, 2 for Switch's keys and values.
  let repeating: Int
  /// Checks a call while parsing, and does what need be done only once, such as compiling its regular expression.
  let prepare: @Sendable (CallSyntax) throws(ExpressionError) -> Evaluator

  init(
    _ name: String, _ parameters: Parameter..., repeating: Int = 0,
    preparing prepare: @escaping @Sendable (CallSyntax) throws(ExpressionError) -> Evaluator
  ) {
    self.name = name
    self.parameters = parameters
    self.repeating = repeating
    self.prepare = prepare
  }

  init(_ name: String, _ parameters: Parameter..., repeating: Int = 0, evaluate: @escaping Evaluator) {
    self.name = name
    self.parameters = parameters
    self.repeating = repeating
    self.prepare = { _ in evaluate }
  }

  func parameter(_ index: Int) -> Parameter? {
    if index < parameters.count { return parameters[index] }
    guard repeating > 0 else { return nil }
    return parameters[parameters.count - repeating + (index - parameters.count) % repeating]
  }

  /// `Left(text, count)`.
  var signature: String {
    let names = parameters.map { $0.isRequired ? $0.name : "[\($0.name)]" }
    return "\(name)(\((names + (repeating > 0 ? ["..."] : [])).joined(separator: ", ")))"
  }
}

/// A call as it is written, for the checks that need no values.
struct CallSyntax {
  let function: Function
  let arguments: [Argument]
  let position: Position

  /// Nil when the argument is left empty or out.
  func argument(_ index: Int) -> Argument? {
    guard index < arguments.count, arguments[index].node != nil else { return nil }
    return arguments[index]
  }

  func constantText(_ index: Int) -> String? {
    argument(index)?.constantText
  }

  func error(_ message: String, at index: Int? = nil) -> ExpressionError {
    ExpressionError(
      position: index.flatMap { argument($0)?.position } ?? position, message: "\(function.name): \(message)")
  }
}
