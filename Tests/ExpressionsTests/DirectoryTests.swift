import Expressions
import Testing

@Suite struct DirectoryTests {
  @Test func `SelectUniqueValue takes the first free value whatever its letter case`() throws {
    let expression = try Expression(
      parsing: """
        SelectUniqueValue(
          Join("@", NormalizeDiacritics(StripSpaces(Join(".", [first], [last]))), "ops.example"),
          Join("@", NormalizeDiacritics(StripSpaces(Join(".", Mid([first], 1, 1), [last]))), "ops.example"),
          Join("@", NormalizeDiacritics(StripSpaces(Join(".", Mid([first], 1, 2), [last]))), "ops.example"))
        """)
    let attributes: [String: Value] = ["first": .text("Zoë"), "last": .text("De Vries")]
    func value(taken: String...) throws -> Value {
      try expression.evaluate(
        in: EvaluationContext(
          attributes: { attributes[$0] ?? .null }, now: 0, taken: EvaluationContext.taken(taken)))
    }
    #expect(try value() == .text("Zoe.DeVries@ops.example"))
    #expect(try value(taken: "zoe.devries@OPS.example") == .text("Z.DeVries@ops.example"))
    #expect(try value(taken: "zoe.devries@ops.example", "z.devries@ops.example") == .text("Zo.DeVries@ops.example"))
    let all = ["zoe.devries@ops.example", "z.devries@ops.example", "zo.devries@ops.example"]
    let error = #expect(throws: EvaluationError.self) { try value(taken: all[0], all[1], all[2]) }
    #expect(error?.kind == .noUniqueValue)
    #expect(expression.selectsUniqueValue)
  }

  @Test func `SelectUniqueValue passes over rules without a value`() throws {
    #expect(try evaluate(#"SelectUniqueValue([none], "", "c")"#) == .text("c"))
    #expect(try evaluate(#"SelectUniqueValue([none], "")"#) == .null)
  }

  @Test func `Roles are named, listed and written as SCIM entries`() throws {
    let roles: [String: Value] = [
      "appRoleAssignments": .roles([
        .init(id: "1", value: "lead", displayName: "Team \"Lead\""), .init(id: "2", value: "sre", displayName: nil),
      ])
    ]
    #expect(try evaluate("SingleAppRoleAssignment([appRoleAssignments])", roles) == .text("Team \"Lead\""))
    #expect(try evaluate("AppRoleAssignments([appRoleAssignments])", roles) == .texts(["Team \"Lead\"", "sre"]))
    #expect(try evaluate("Count([appRoleAssignments])", roles).text == "2")
    let complex = try evaluate("AppRoleAssignmentsComplex([appRoleAssignments])", roles)
    #expect(complex == roles["appRoleAssignments"])
    #expect(
      complex.texts == [
        #"{"primary":false,"type":"WindowsAzureActiveDirectoryRole","display":"Team \"Lead\"","value":"lead"}"#,
        #"{"primary":false,"type":"WindowsAzureActiveDirectoryRole","display":"sre","value":"sre"}"#,
      ])
  }

  @Test func `A Guid is a random UUID in lower case`() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<100 {
      let bits = generator.next()
      let text = try #require(try evaluate("Guid()", random: { bits }).text)
      #expect(
        text.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil, "\(text)")
    }
    #expect(try evaluate("Guid()", random: systemRandom) != evaluate("Guid()", random: systemRandom))
  }

  @Test(arguments: [
    (20, 3, 2, 4, 5, "?,01lIO"), (4, 1, 1, 1, 1, ""), (256, 0, 0, 0, 0, ""), (8, 8, 0, 0, 0, "13579"),
    (0, 0, 0, 0, 0, ""),
  ])
  func `A random string has its minima and avoids what is to be avoided`(
    length: Int, numbers: Int, special: Int, capital: Int, lower: Int, avoided: String
  ) throws {
    let expression = #"RandomString(\#(length), \#(numbers), \#(special), \#(capital), \#(lower), "\#(avoided)")"#
    let text = try #require(try evaluate(expression, random: systemRandom).text)
    #expect(text.count == length)
    #expect(text.count { $0.isNumber } >= numbers)
    #expect(text.count { !$0.isNumber && !$0.isLetter } >= special)
    #expect(text.count { $0.isUppercase } >= capital)
    #expect(text.count { $0.isLowercase } >= lower)
    #expect(!text.contains { avoided.contains($0) })
    #expect(text.utf8.allSatisfy { (0x21..<0x7F).contains($0) })
  }

  @Test func `Random strings differ`() throws {
    let texts = try (0..<50).map { _ in try evaluate("RandomString(16)", random: systemRandom).text }
    #expect(Set(texts).count == 50)
  }

  private var systemRandom: @Sendable () -> UInt64 {
    { SystemRandomNumberGenerator.secure() }
  }
}
