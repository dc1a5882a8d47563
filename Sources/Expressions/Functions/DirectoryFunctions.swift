extension Function {
  /// What the tenant and the target know (docs/reference/expressions.md, "Directory and roles").
  static let directory: [Function] = [
    Function("DefaultDomain") { call, context throws(EvaluationError) in
      guard let domain = context.defaultDomain, !domain.isEmpty else {
        throw call.failure("DefaultDomain: no default verified domain of the tenant is known", kind: .missingContext)
      }
      return .text(domain)
    },
    Function("SelectUniqueValue", .required("rule"), .required("rule"), repeating: 1) {
      call, context throws(EvaluationError) in
      var hasValue = false
      for index in call.arguments.indices {
        guard let value = try call.text(index, context), !value.isEmpty else { continue }
        if !context.isTaken(value) { return .text(value) }
        hasValue = true
      }
      guard hasValue else { return .null }
      throw call.failure(
        "SelectUniqueValue: every value of its \(call.arguments.count) rules is taken; add a rule, or free a value",
        kind: .noUniqueValue)
    },
    Function("SingleAppRoleAssignment", .required("appRoleAssignments")) { call, context throws(EvaluationError) in
      try call.roles(context).lazy.compactMap(\.name).first.map { .text($0) } ?? .null
    },
    Function("AppRoleAssignments", .required("appRoleAssignments")) { call, context throws(EvaluationError) in
      .texts(try call.roles(context).compactMap(\.name))
    },
    // They differ in how Entra writes to the target, adding or replacing; here a write always replaces.
    Function("AppRoleAssignmentsComplex", .required("appRoleAssignments"), evaluate: complexRoles),
    Function("AssertiveAppRoleAssignmentsComplex", .required("appRoleAssignments"), evaluate: complexRoles),
  ]

  @Sendable private static func complexRoles(_ call: Call, _ context: Evaluation) throws(EvaluationError)
    -> Value
  {
    let roles = try call.roles(context)
    return roles.isEmpty ? .null : .roles(roles)
  }
}

extension Call {
  fileprivate func roles(_ context: Evaluation) throws(EvaluationError) -> [Value.AppRole] {
    let value = try value(0, context)
    if case .roles(let roles) = value { return roles }
    guard value.isNull else { throw unsuitable(0, "is no list of app roles; write [appRoleAssignments]") }
    return []
  }
}
