extension Function {
  /// Choosing among values and asking about them (docs/reference/expressions.md, "Choice and null"). Only what is
  /// chosen is evaluated.
  static let choice: [Function] = [
    Function("Coalesce", .required("source"), repeating: 1) { call, context throws(EvaluationError) in
      for index in call.arguments.indices {
        let value = try call.result(index, context)
        if !value.isNull { return value }
      }
      return .null
    },
    Function(
      "IIF", .required("condition", .condition), .optional("valueIfTrue"), .optional("valueIfFalse")
    ) { call, context throws(EvaluationError) in
      let condition = try call.value(0, context)
      guard let holds = condition.isNull ? false : condition.boolean else {
        throw call.unsuitable(0, "is neither a comparison nor True or False")
      }
      return try call.result(holds ? 1 : 2, context)
    },
    Function(
      "Switch", .required("source"), .optional("defaultValue"), .required("key"), .optional("value"), repeating: 2,
      preparing: prepareSwitch),
    Function("IgnoreFlowIfNullOrEmpty", .required("expression")) { call, context throws(EvaluationError) in
      let value = try call.value(0, context)
      return value.isNullOrEmpty ? .skip : value
    },
    Function("CBool", .required("expression", .condition)) { call, context throws(EvaluationError) in
      let value = try call.value(0, context)
      if value.isNull { return .null }
      guard let boolean = value.boolean else {
        throw call.unsuitable(0, "is neither a comparison nor a number nor True or False")
      }
      return .boolean(boolean)
    },
    Function("CStr", .required("value")) { call, context throws(EvaluationError) in
      try call.text(0, context).map { .text($0) } ?? .null
    },
    test("IsNull") { $0.isNull },
    test("IsNothing") { $0.isNull },
    test("IsNullOrEmpty") { $0.isNullOrEmpty },
    test("IsPresent") { !$0.isNullOrEmpty },
    test("IsString") { $0.single != nil },
    test("Not") { $0.single?.lowercased().isOrdinallyEqual(to: "true") != true },
  ]

  private static func test(_ name: String, _ holds: @escaping @Sendable (Value) -> Bool) -> Function {
    Function(name, .required("source")) { call, context throws(EvaluationError) in
      .boolean(holds(try call.value(0, context)))
    }
  }

  @Sendable private static func prepareSwitch(_ syntax: CallSyntax) throws(ExpressionError) -> Evaluator {
    guard syntax.arguments.count.isMultiple(of: 2) else {
      throw syntax.error("every key needs a value: after source and defaultValue, keys and values must pair up")
    }
    for index in stride(from: 2, to: syntax.arguments.count, by: 2) where syntax.argument(index) == nil {
      throw ExpressionError(
        position: syntax.arguments[index].position,
        message: "Switch: a key is missing; \"\" stands for a source without a value")
    }
    return evaluateSwitch
  }

  @Sendable private static func evaluateSwitch(_ call: Call, _ context: Evaluation) throws(EvaluationError)
    -> Value
  {
    let source = try call.text(0, context) ?? ""
    for index in stride(from: 2, to: call.arguments.count, by: 2) {
      let key = try call.text(index, context) ?? ""
      if source.isOrdinallyEqual(to: key) { return try call.result(index + 1, context) }
    }
    return try call.result(1, context)
  }
}
