import Expressions
import Provisioning
import Testing

/// One clause, one value, and whether the clause holds.
private struct ClauseCase: Sendable, CustomTestStringConvertible {
  var comparison: ClauseOperator
  var given: String?
  var value: Value
  var holds: Bool

  init(_ comparison: ClauseOperator, _ given: String?, _ value: Value, _ holds: Bool) {
    self.comparison = comparison
    self.given = given
    self.value = value
    self.holds = holds
  }

  var testDescription: String { "\(value) \(comparison.rawValue) \(given ?? "")" }
}

@Suite("One clause of a scoping filter, operator by operator (Entra provisioning reference, section 2.2)")
struct ScopingClauseTests {
  private static let table: [ClauseCase] = [
    .init(.equals, "Operations", .text("Operations"), true),
    .init(.equals, "Operations", .text("operations"), false),
    .init(.equals, "Operations", .text("Operations "), false),
    .init(.equals, "Café", .text("Cafe\u{301}"), false),
    .init(.equals, "7", .number(Number(7)), true),
    .init(.equals, "7", .number(Number(8)), false),
    .init(.equals, "True", .boolean(true), false),
    .init(.equals, "a", .texts(["a"]), false),

    .init(.notEquals, "Operations", .text("Sales"), true),
    .init(.notEquals, "Operations", .text("operations"), true),
    .init(.notEquals, "Operations", .text("Operations"), false),
    .init(.notEquals, "7", .number(Number(8)), true),
    .init(.notEquals, "a", .texts(["b"]), false),

    .init(.isTrue, nil, .boolean(true), true),
    .init(.isTrue, nil, .boolean(false), false),
    .init(.isTrue, nil, .text("True"), false),
    .init(.isFalse, nil, .boolean(false), true),
    .init(.isFalse, nil, .boolean(true), false),
    .init(.isFalse, nil, .text("False"), false),

    .init(.isNull, nil, .null, true),
    .init(.isNull, nil, .text("x"), false),
    .init(.isNull, nil, .number(Number(0)), false),
    .init(.isNull, nil, .boolean(false), false),
    .init(.isNotNull, nil, .null, false),
    .init(.isNotNull, nil, .text("x"), true),
    .init(.isNotNull, nil, .number(Number(0)), true),
    .init(.isNotNull, nil, .boolean(false), true),

    .init(.regexMatch, #".*\@domain.com"#, .text("ada@domain.com"), true),
    .init(.regexMatch, #".*\@domain.com"#, .text("ada@domain.com.evil"), true),
    .init(.regexMatch, #"^.*\@domain\.com$"#, .text("ada@domain.com.evil"), false),
    .init(.regexMatch, "(1[0-9]{6})", .text("1234567"), true),
    .init(.regexMatch, "^[1-9][0-9]$", .number(Number(42)), true),
    .init(.regexMatch, "^[1-9][0-9]$", .number(Number(7)), false),
    .init(.regexMatch, "ops", .text("OPS"), false),
    .init(.regexMatch, "(?i)ops", .text("OPS"), true),
    .init(.regexMatch, "True", .boolean(true), false),
    .init(.notRegexMatch, "ops", .text("sales"), true),
    .init(.notRegexMatch, "ops", .text("devops"), false),
    .init(.notRegexMatch, "ops", .texts(["sales"]), false),

    .init(.greaterThan, "9", .text("10"), true),
    .init(.greaterThan, "9", .number(Number(10)), true),
    .init(.greaterThan, "10", .text("10"), false),
    .init(.greaterThan, "9", .text("-10"), false),
    .init(.greaterThan, "9", .text("+10"), false),
    .init(.greaterThan, "9", .text("10.5"), false),
    .init(.greaterThan, "9", .text("ten"), false),
    .init(.greaterThan, "9", .text("99999999999999999999999"), false),
    .init(.greaterThanOrEquals, "10", .text("10"), true),
    .init(.greaterThanOrEquals, "10", .text("010"), true),
    .init(.greaterThanOrEquals, "10", .number(Number(9)), false),

    .init(.includes, "Oper", .text("IT Operations"), true),
    .init(.includes, "oper", .text("IT Operations"), false),
    .init(.includes, "1", .number(Number(1)), false),
    .init(.endsWith, "@example.org", .text("ada@example.org"), true),
    .init(.endsWith, "@Example.org", .text("ada@example.org"), false),
    .init(.endsWith, "@example.org", .text("e@x"), false),

    .init(.isFoundIn, "DE,FR,IT", .text("FR"), true),
    .init(.isFoundIn, "DE,FR,IT", .text("GB"), false),
    .init(.isNotFoundIn, "DE,FR,IT", .text("GB"), true),
    .init(.isNotFoundIn, "DE,FR,IT", .text("FR"), false),
  ]

  @Test("Given a value, the clause holds or not", arguments: table)
  private func holds(_ row: ClauseCase) throws {
    #expect(try ScopingClause("attribute", row.comparison, row.given).holds(for: row.value) == row.holds)
  }

  @Test("Every operator is in the table, once true and once false")
  func complete() {
    for comparison in ClauseOperator.allCases {
      let rows = Self.table.filter { $0.comparison == comparison }
      #expect(Set(rows.map(\.holds)) == [true, false], "\(comparison.rawValue)")
    }
  }

  @Test("Given a null or empty value, every clause is false but IS NULL", arguments: ClauseOperator.allCases)
  func null(_ comparison: ClauseOperator) throws {
    for value in [Value.null, .text(""), .texts([]), .roles([])] {
      let clause = try ScopingClause("attribute", comparison, comparison.takesValue ? "1" : nil)
      #expect(try clause.holds(for: value) == (comparison == .isNull), "\(value)")
    }
  }

  @Test(
    "Operators are read whatever their blanks, underscores and capitals",
    arguments: [
      ("EQUALS", ClauseOperator.equals), ("equals", .equals), ("NOT EQUALS", .notEquals), ("NotEquals", .notEquals),
      ("IsTrue", .isTrue), ("IS NOT NULL", .isNotNull), ("REGEX MATCH", .regexMatch), ("Regex_Match", .regexMatch),
      ("not regex match", .notRegexMatch), ("Greater_Than", .greaterThan),
      ("GREATER_THAN_OR_EQUALS", .greaterThanOrEquals), ("INCLUDES", .includes), ("ENDS_WITH", .endsWith),
      ("&", .isFoundIn), ("!&", .isNotFoundIn),
    ])
  func spelling(_ text: String, _ comparison: ClauseOperator) {
    #expect(ClauseOperator(spelled: text) == comparison)
  }

  @Test("What is no operator is none", arguments: ["", "EQUAL", "=", "!", "IN", "IsMemberOf"])
  func noOperator(_ text: String) {
    #expect(ClauseOperator(spelled: text) == nil)
  }

  @Test(
    "A clause that cannot work is refused",
    arguments: [
      (ClauseOperator.equals, nil, "needs a value"), (.includes, "", "needs a value"),
      (.isNull, "x", "takes no value"), (.isTrue, "True", "takes no value"),
      (.greaterThan, "many", "whole number"), (.greaterThanOrEquals, "-1", "whole number"),
      (.regexMatch, "(", "regular expression"), (.notRegexMatch, "[", "regular expression"),
    ] as [(ClauseOperator, String?, String)])
  func invalid(_ comparison: ClauseOperator, _ value: String?, _ words: String) {
    do throws(ScopingClause.Invalid) {
      _ = try ScopingClause("attribute", comparison, value)
      Issue.record("\(comparison.rawValue) \(value ?? "") was taken")
    } catch {
      #expect(error.description.contains(words))
    }
  }

  @Test("An empty value where none is wanted is none, as exports of Entra have it")
  func emptyValue() throws {
    #expect(try ScopingClause("attribute", .isNull, "").value == nil)
  }

  @Test("A pattern without anchors and the vague operators have a lint, others none")
  func lints() throws {
    #expect(try ScopingClause("mail", .regexMatch, #".*\@domain\.com"#).lint?.contains("anywhere") == true)
    #expect(try ScopingClause("mail", .notRegexMatch, "x").lint != nil)
    for pattern in ["^x", "x$", #"\Ax"#, #"x\z"#] {
      #expect(try ScopingClause("mail", .regexMatch, pattern).lint == nil, "\(pattern)")
    }
    #expect(try ScopingClause("country", .isFoundIn, "DE,FR").lint?.contains("Entra") == true)
    #expect(try ScopingClause("country", .equals, "DE").lint == nil)
  }

  @Test("Given a pattern that would search for ever, there is no answer, and the value is not told")
  func limit() throws {
    let clause = try ScopingClause("mail", .regexMatch, "^(a+)+$")
    let value = String(repeating: "a", count: 5000) + "!"
    do throws(TextPattern.LimitExceeded) {
      let holds = try clause.holds(for: .text(value))
      Issue.record("answered \(holds)")
    } catch {
      #expect(!error.description.contains("aaa"))
    }
    #expect(throws: TextPattern.LimitExceeded.self) {
      try ScopingClause("mail", .regexMatch, "b$").holds(for: .text(String(repeating: "a", count: 30_000)))
    }
  }

  @Test("A clause reads as it was written")
  func description() throws {
    #expect(try ScopingClause("department", .equals, "Operations").description == "department EQUALS Operations")
    #expect(try ScopingClause("mail", .isNotNull).description == "mail IS NOT NULL")
  }
}
