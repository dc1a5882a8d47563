/// A part of a parsed expression.
enum Node: Sendable {
  case constant(Value)
  case attribute(String)
  case call(Call)
  case comparison(Comparison)
  case word(Word)

  enum Word: String, Sendable, CaseIterable {
    case vbTextCompare, vbBinaryCompare
    case ignoreAttributeFlow = "IgnoreAttributeFlow"
    case ignoreObjectFlow = "IgnoreObjectFlow"
  }

  /// The node itself and all that it is made of, outermost first.
  func forEach(_ body: (Node) -> Void) {
    body(self)
    switch self {
    case .call(let call): call.arguments.forEach { $0.node?.forEach(body) }
    case .comparison(let comparison):
      comparison.left.node.forEach(body)
      comparison.right.node.forEach(body)
    case .constant, .attribute, .word: break
    }
  }

  func result(in context: Evaluation) throws(EvaluationError) -> Value {
    switch self {
    case .constant(let value): value
    case .attribute(let name): context.attributes(name)
    case .call(let call): try call.result(in: context)
    case .comparison(let comparison): .boolean(try comparison.holds(in: context))
    case .word(.vbTextCompare), .word(.vbBinaryCompare): .null
    case .word(.ignoreAttributeFlow), .word(.ignoreObjectFlow): .skip
    }
  }
}

/// What stands in a place of an argument list; nothing when it was left empty.
struct Argument: Sendable {
  var node: Node?
  var position: Position

  /// The text of a constant, numbers included, which are constants as well.
  var constantText: String? {
    if case .constant(let value) = node { value.text } else { nil }
  }
}

/// A call of a function with its arguments. A class so that trees are cheap to hand around.
final class Call: Sendable {
  let function: Function
  let arguments: [Argument]
  let position: Position
  private let evaluate: Function.Evaluator
  private let makesText: Bool

  init(_ function: Function, _ arguments: [Argument], position: Position) throws(ExpressionError) {
    self.function = function
    self.arguments = arguments
    self.position = position
    makesText = !Function.choosing.contains(function.name)
    evaluate = try function.prepare(CallSyntax(function: function, arguments: arguments, position: position))
  }

  fileprivate func result(in context: Evaluation) throws(EvaluationError) -> Value {
    try context.step(in: self)
    let value = try evaluate(self, context)
    if makesText { try context.make(value, in: self) }
    return value
  }
}
