/// Reading arguments while evaluating. An argument that evaluates to skip ends the whole evaluation with skip. A
/// function must read each of its arguments once at most: nested, reading them twice would take twice the time at every
/// level.
extension Call {
  func isGiven(_ index: Int) -> Bool {
    index < arguments.count && arguments[index].node != nil
  }

  /// What the argument gives, skip included; null when it is not given. For branches, whose value is the call's own.
  func result(_ index: Int, _ context: Evaluation) throws(EvaluationError) -> Value {
    guard index < arguments.count, let node = arguments[index].node else { return .null }
    return try node.result(in: context)
  }

  func value(_ index: Int, _ context: Evaluation) throws(EvaluationError) -> Value {
    let value = try result(index, context)
    if case .skip = value { throw .skipped }
    return value
  }

  /// Nil for null.
  func text(_ index: Int, _ context: Evaluation) throws(EvaluationError) -> String? {
    try text(in: value(index, context), index)
  }

  /// The text in the value of an argument that is read already. Nil for null.
  func text(in value: Value, _ index: Int) throws(EvaluationError) -> String? {
    if case .text(let text) = value { return text }
    if value.isNull { return nil }
    guard let text = value.single else {
      throw unsuitable(index, "has several values; take one with Item, or make one text with Join")
    }
    return text
  }

  /// Nil for null.
  func number(_ index: Int, _ context: Evaluation) throws(EvaluationError) -> Number? {
    let value = try value(index, context)
    if value.isNull { return nil }
    guard let number = value.number else { throw unsuitable(index, "is not a number") }
    return number
  }

  /// Nil for null.
  func integer(_ index: Int, _ context: Evaluation) throws(EvaluationError) -> Int64? {
    guard let number = try number(index, context) else { return nil }
    guard let integer = number.integer else { throw unsuitable(index, "is not a whole number of at most 64 bits") }
    return integer
  }

  func requiredInteger(_ index: Int, _ context: Evaluation) throws(EvaluationError) -> Int64 {
    guard let integer = try integer(index, context) else { throw unsuitable(index, "has no value") }
    return integer
  }

  func unsuitable(_ index: Int, _ problem: String) -> EvaluationError {
    let parameter = function.parameter(index)?.name ?? "argument"
    var message = "\(function.name): \(parameter) (argument \(index + 1)"
    if index < arguments.count, case .attribute(let name) = arguments[index].node { message += ", [\(name)]" }
    return failure(message + ") " + problem)
  }

  func failure(_ message: String, kind: EvaluationError.Kind = .unsuitableArgument) -> EvaluationError {
    EvaluationError(kind: kind, position: position, message: message)
  }
}
