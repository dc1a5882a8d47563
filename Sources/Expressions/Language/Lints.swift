extension Expression {
  /// What Entra's own service would not accept, or documents otherwise (docs/reference/expressions.md, "Syntax";
  /// docs/reference/expressions.md, "Text").
  package var lints: [Lint] {
    var linter = Linter()
    linter.visit(root, at: .start, in: nil)
    for position in looseBackslashes {
      linter.add(
        "a backslash before neither \" nor \\ is kept here; Entra does not say what it does. Write two", at: position)
    }
    return linter.lints
  }
}

private struct Linter {
  private(set) var lints: [Lint] = []

  mutating func add(_ message: String, at position: Position) {
    lints.append(Lint(position: position, message: message))
  }

  mutating func visit(_ node: Node, at position: Position, in parent: Call?) {
    switch node {
    case .call(let call):
      check(call, in: parent)
      for argument in call.arguments {
        if let node = argument.node { visit(node, at: argument.position, in: call) }
      }
    case .comparison(let comparison):
      check(comparison)
      visit(comparison.left.node, at: comparison.left.position, in: parent)
      visit(comparison.right.node, at: comparison.right.position, in: parent)
    case .word(.ignoreAttributeFlow):
      add("Entra documents IgnoreAttributeFlow for HR-driven provisioning only", at: position)
    case .word(.ignoreObjectFlow):
      add("IgnoreObjectFlow skips this attribute only; leave people out with a scoping filter", at: position)
    case .constant, .attribute, .word: break
    }
  }

  private mutating func check(_ call: Call, in parent: Call?) {
    switch call.function.name {
    case "IIF": checkCondition(call)
    case "Switch":
      if let test = call.arguments.first?.node?.functionName, Self.nullTests.contains(test) {
        add(
          "Entra advises against \(test) as the source of Switch; give the source itself and the key \"\"",
          at: call.position)
      }
    case "IgnoreFlowIfNullOrEmpty":
      if let parent, parent.function.name != "Redact" {
        add(
          "in Entra, IgnoreFlowIfNullOrEmpty stands outermost; put it around \(parent.function.name)", at: call.position
        )
      }
    case "SelectUniqueValue":
      add("Entra itself offers SelectUniqueValue for Active Directory targets only", at: call.position)
    case "Prepend", "IsNothing", "AppRoleAssignments":
      add("\(call.function.name) is in Entra's old function list only", at: call.position)
    case "FormatDateTime" where call.arguments.count == 3:
      add("FormatDateTime without dateTimeStyles is in Entra's old function list only", at: call.position)
    case "DateAdd": checkDates(call, [2])
    case "DateDiff": checkDates(call, [1, 2])
    default: break
    }
  }

  private static let nullTests = ["IsNull", "IsNullOrEmpty", "IsPresent", "IsNothing"]

  private mutating func checkCondition(_ call: Call) {
    guard let condition = call.arguments.first, let node = condition.node else { return }
    var found: String?
    node.forEach { inner in
      guard let name = inner.functionName else { return }
      if Self.nullTests.contains(name) || name == "IgnoreFlowIfNullOrEmpty" { found = found ?? name }
    }
    if let found {
      add(
        "Entra does not support \(found) in the condition of IIF; use Switch with the key \"\", or Coalesce",
        at: condition.position)
    }
  }

  private mutating func check(_ comparison: Comparison) {
    for side in [comparison.left, comparison.right] {
      guard case .constant(.text(let text)) = side.node else { continue }
      if text.isEmpty {
        add(
          "Entra does not support a comparison with \"\"; use Switch with the key \"\", or Coalesce", at: side.position)
      } else if comparison.sign.isOrder, Number(text) != nil {
        add(
          "\"\(text)\" compares as text, in which \"10\" is less than \"9\"; write the number without quotes",
          at: side.position)
      }
    }
  }

  private mutating func checkDates(_ call: Call, _ indexes: [Int]) {
    for index in indexes where index < call.arguments.count {
      switch call.arguments[index].node {
      case .attribute, .constant: add("Entra wants CDate around this", at: call.arguments[index].position)
      default: break
      }
    }
  }
}

extension Node {
  fileprivate var functionName: String? {
    if case .call(let call) = self { call.function.name } else { nil }
  }
}
