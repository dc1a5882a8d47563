import Expressions
import Testing

@Suite struct LintTests {
  @Test(
    arguments: [
      (#"IIF(IsPresent([a]) = "True", 1, 2)"#, 5, "IsPresent"),
      ("IIF(Not(IsNullOrEmpty([a])), 1, 2)", 5, "IsNullOrEmpty"), (#"IIF([a] = "", 1, 2)"#, 11, "comparison with"),
      ("IIF(IgnoreFlowIfNullOrEmpty([a]) = 1, 1, 2)", 5, "IgnoreFlowIfNullOrEmpty in the condition"),
      (#"IIF([a] > "10", 1, 2)"#, 11, "without quotes"),
      (#"Switch(IsNull([a]), , "True", 1)"#, 1, "IsNull as the source"),
      ("Append(\"x\", IgnoreFlowIfNullOrEmpty([a]))", 13, "outermost"),
      ("SelectUniqueValue([a], [b])", 1, "Active Directory"), ("IIF([a] = 1, IgnoreAttributeFlow, 2)", 14, "HR-driven"),
      ("IIF([a] = 1, 2, IgnoreObjectFlow)", 17, "scoping filter"),
      ("Prepend(\"x\", [a])", 1, "old function list"), (#"FormatDateTime([a], "yyyy", "yy")"#, 1, "old function list"),
      ("DateAdd(\"d\", 1, [a])", 17, "CDate around"),
      ("DateDiff(\"d\", Now(), [a])", 22, "CDate around"), (#"Replace([a], , "\d", , "", , )"#, 17, "backslash"),
    ])
  func `What Entra would not take is pointed out`(expression: String, column: Int, part: String) throws {
    let lint = try #require(try Expression(parsing: expression).lints.first { $0.message.contains(part) })
    #expect(lint.position.description == "line 1, column \(column)")
  }

  @Test(
    arguments: [
      "[mail]", #"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#, #"IIF([a]="USA",[a],[b])"#,
      "IgnoreFlowIfNullOrEmpty([a])", "Redact(IgnoreFlowIfNullOrEmpty([a]))",
      #"DateAdd("d", 7, CDate([a]))"#, #"Replace([a], , "\\d", , "", , )"#, "IIF([a] >= 10, 1, 2)",
      "Coalesce([a], [b])",
    ])
  func `A sound expression has no lint`(expression: String) throws {
    #expect(try Expression(parsing: expression).lints == [])
  }
}

@Suite struct ExpressionTests {
  @Test func `An expression knows its kind and the attributes that it reads`() throws {
    let direct = try Expression(parsing: " [mail] ")
    let constant = try Expression(parsing: #""text""#)
    let function = try Expression(parsing: #"IIF([a] = [b], Redact([c]), Switch([d], [e], "x", [a]))"#)
    #expect(direct.isDirect && !direct.isConstant)
    #expect(constant.isConstant && !constant.isDirect)
    #expect(!function.isDirect && !function.isConstant && function.isRedacted && !direct.isRedacted)
    #expect(function.attributeNames == ["a", "b", "c", "d", "e"])
    #expect(direct.text == " [mail] ")
  }

  @Test(
    arguments: [
      (#"[emails[type eq "work"].value]"#, #"emails[type eq "work"].value"#), (#"[a["]"]]"#, #"a["]"]"#),
      ("[ mail ]", "mail"),
      ("[urn:ietf:params:scim:schemas:extension:x:2.0:User:a]", "urn:ietf:params:scim:schemas:extension:x:2.0:User:a"),
    ])
  func `An attribute's name may have brackets, quotes and colons`(expression: String, name: String) throws {
    #expect(try Expression(parsing: expression).attributeNames == [name])
  }

  @Test func `Attribute names are case-sensitive`() throws {
    #expect(try evaluate("[Mail]", ["mail": .text("a")]) == .null)
  }

  @Test func `Blanks and line ends are free everywhere`() throws {
    #expect(try evaluate("\u{FEFF}\r\n\tJoin\u{A0}(\n\"-\" ,\r\n 1,2 )\n") == .text("1-2"))
  }

  @Test func `A quote with a combining mark behind it is still a quote`() throws {
    #expect(try evaluate("Len(\"\u{301}a\")").text == "2")
    #expect(try evaluate("Append(\"a\", \"\")\u{20}") == .text("a"))
  }

  @Test func `One expression serves many tasks at once`() async throws {
    let expression = try Expression(parsing: #"Replace([x], , "(?<a>\\d+)-(?<b>\\d+)", , "${b}-${a}", , )"#)
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<200 {
        group.addTask {
          let context = EvaluationContext(attributes: { _ in .text("\(number)-7") }, now: 0)
          return (try? expression.evaluate(in: context)) == .text("7-\(number)")
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}
