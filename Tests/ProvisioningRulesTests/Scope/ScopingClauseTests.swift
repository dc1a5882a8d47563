import Expressions
import ProvisioningRules
import Testing

@Suite("One clause of a scoping filter")
struct ScopingClauseTests {
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

  @Test("What is no operator is none", arguments: ["", "EQUAL", "=", "!", "IN"])
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
