extension Function {
  /// Attributes with several values (docs/reference/expressions.md, "Multi-valued").
  static let multiValued: [Function] = [
    Function("Count", .required("attribute")) { call, context throws(EvaluationError) in
      switch try call.value(0, context) {
      case .null: .number(Number(0))
      case .texts(let texts): .number(Number(texts.count))
      case .roles(let roles): .number(Number(roles.count))
      default: .number(Number(1))
      }
    },
    Function("Item", .required("attribute"), .required("index")) { call, context throws(EvaluationError) in
      let index = try call.requiredInteger(1, context)
      guard index >= 1 else { throw call.unsuitable(1, "must be 1 or more") }
      let value = try call.value(0, context)
      if value.isNull { return .null }
      let items: [Value] = if case .texts(let texts) = value { texts.map { .text($0) } } else { [value] }
      guard index <= items.count else { throw call.unsuitable(1, "is more than the attribute has values") }
      return items[Int(index) - 1]
    },
    Function("RemoveDuplicates", .required("attribute")) { call, context throws(EvaluationError) in
      let value = try call.value(0, context)
      guard case .texts(let texts) = value else { return value }
      var seen: Set<[UInt8]> = []
      return .texts(texts.filter { seen.insert(Array($0.utf8)).inserted })
    },
  ]
}
