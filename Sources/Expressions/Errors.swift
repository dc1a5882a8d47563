/// A place in an expression's text, counted in Unicode characters from 1.
package struct Position: Sendable, Hashable, CustomStringConvertible {
  package var line: Int
  package var column: Int

  package static let start = Position(line: 1, column: 1)

  package var description: String { "line \(line), column \(column)" }
}

/// Why a text is not an expression.
package struct ExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
  package var position: Position
  /// What is wrong and what would be right. Quotes the expression, never an attribute's value.
  package var message: String

  package var description: String { "\(position): \(message)" }
}

/// Why an expression gave no value for one object.
package struct EvaluationError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable {
    /// An argument's value does not suit its function.
    case unsuitableArgument
    /// A regular expression ran out of its time or memory.
    case regularExpressionLimit
    /// SelectUniqueValue found every value taken: the object is to be escrowed.
    case noUniqueValue
    /// The context lacks what the function asks for.
    case missingContext
    /// A text is longer than a regular expression may search, or functions made more than they may.
    case tooLong
    /// The evaluation ran out of its time.
    case timeLimit
    /// Not an error: see `skipped`.
    case skipped
  }

  package var kind: Kind
  package var position: Position
  /// Names function and argument, never a value: values are personal data.
  package var message: String

  package var description: String { "\(position): \(message)" }
}

/// Something that works here but that Entra's own service would not do, or not so.
package struct Lint: Sendable, Hashable, CustomStringConvertible {
  package var position: Position
  package var message: String

  package var description: String { "\(position): \(message)" }
}

extension EvaluationError {
  /// Ends an evaluation that came upon skip inside a function; caught where the evaluation began, never seen outside.
  static let skipped = EvaluationError(kind: .skipped, position: .start, message: "skipped")
}
