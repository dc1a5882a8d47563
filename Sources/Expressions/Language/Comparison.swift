/// A condition such as `[country] = "USA"`; stands in IIF and CBool only (docs/reference/expressions.md, "Syntax").
final class Comparison: Sendable {
  enum Operator: String, Sendable {
    case equal = "="
    case notEqual = "<>"
    case greater = ">"
    case greaterOrEqual = ">="
    case less = "<"
    case lessOrEqual = "<="

    var isOrder: Bool { self != .equal && self != .notEqual }
  }

  struct Side: Sendable {
    var node: Node
    var position: Position
  }

  let left: Side
  let sign: Operator
  let right: Side
  let position: Position

  init(_ left: Side, _ sign: Operator, _ right: Side, position: Position) {
    (self.left, self.sign, self.right, self.position) = (left, sign, right, position)
  }

  /// A null side makes `<>` true and all else false.
  func holds(in context: Evaluation) throws(EvaluationError) -> Bool {
    let left = try operand(left, in: context)
    let right = try operand(right, in: context)
    guard !left.isNull, !right.isNull else { return sign == .notEqual }
    let order = try order(of: left, to: right)
    return switch sign {
    case .equal: order == 0
    case .notEqual: order != 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    }
  }

  private func operand(_ side: Side, in context: Evaluation) throws(EvaluationError) -> Value {
    let value = try side.node.result(in: context)
    if case .skip = value { throw .skipped }
    return value
  }

  /// Negative, zero or positive. Dates compare as dates, numbers as numbers, also with a text that reads as one; all
  /// else as text by UTF-16 units, letter case included.
  private func order(of left: Value, to right: Value) throws(EvaluationError) -> Int {
    switch (left, right) {
    case (.number, _), (_, .number):
      if let left = left.number, let right = right.number { return left.ordered(to: right) }
    case (.date, _), (_, .date):
      if let left = left.date, let right = right.date { return left.ordered(to: right) }
    default: break
    }
    guard let left = left.single, let right = right.single else {
      throw EvaluationError(
        kind: .unsuitableArgument, position: position,
        message: "the comparison has several values on one side; take one with Item, or make one text with Join")
    }
    if left.isOrdinallyEqual(to: right) { return 0 }
    return left.utf16.lexicographicallyPrecedes(right.utf16) ? -1 : 1
  }
}

extension Comparable {
  fileprivate func ordered(to other: Self) -> Int {
    self == other ? 0 : self < other ? -1 : 1
  }
}
