/// An attribute-mapping expression of Entra ID (docs/reference/expressions.md, "Syntax"). Parsed once, evaluated many times.
package struct Expression: Sendable {
  /// As it was written.
  package let text: String
  let root: Node
  let looseBackslashes: [Position]

  /// The longest text that is an expression, in UTF-16 units as .NET counts.
  package static let maximumLength = 10_000

  /// - Throws: `ExpressionError` with the place and the remedy. Function names, argument counts and constant regular
  ///   expressions and date formats are checked here too.
  package init(parsing text: String) throws(ExpressionError) {
    self.text = text
    (root, looseBackslashes) = try Parser.parse(text)
    try checkPlaces()
  }

  /// - Returns: The value; `.skip` when the attribute is to be left out of the write.
  /// - Throws: `EvaluationError`, which names function and argument but never a value; also for what passes the context's limits.
  package func evaluate(in context: EvaluationContext) throws(EvaluationError) -> Value {
    do {
      return try root.result(in: Evaluation(context))
    } catch {
      guard error.kind == .skipped else { throw error }
      return .skip
    }
  }

  /// The attributes that the expression may read.
  package var attributeNames: Set<String> {
    var names: Set<String> = []
    root.forEach { if case .attribute(let name) = $0 { names.insert(name) } }
    return names
  }

  /// `[attribute]` alone.
  package var isDirect: Bool {
    if case .attribute = root { true } else { false }
  }

  /// `"text"` or a number alone.
  package var isConstant: Bool {
    if case .constant = root { true } else { false }
  }

  /// The value is not for logs: somewhere in it stands Redact.
  package var isRedacted: Bool { calls("Redact") }

  /// SelectUniqueValue stands outermost: the value is for creation only, and not for matching.
  package var selectsUniqueValue: Bool { calls("SelectUniqueValue") }

  private func calls(_ function: String) -> Bool {
    var isCalled = false
    root.forEach { if case .call(let call) = $0, call.function.name == function { isCalled = true } }
    return isCalled
  }

  private func checkPlaces() throws(ExpressionError) {
    var inner: Position?
    root.forEach { node in
      guard case .call(let call) = node, call.function.name == "SelectUniqueValue", inner == nil else { return }
      if case .call(let outermost) = root, outermost === call { return }
      inner = call.position
    }
    if let inner { throw ExpressionError(position: inner, message: "SelectUniqueValue must be the outermost function") }
  }
}

extension Expression: Hashable {
  package static func == (left: Expression, right: Expression) -> Bool {
    left.text == right.text
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(text)
  }
}
