extension Function {
  /// docs/reference/expressions.md, "Numbers".
  static let number: [Function] = [
    Function("BitAnd", .required("value1"), .required("value2")) { call, context throws(EvaluationError) in
      guard let left = try call.integer(0, context), let right = try call.integer(1, context) else { return .null }
      return .number(Number(left & right))
    }
  ]
}
