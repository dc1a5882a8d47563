import Expressions
import Synchronization
import Testing

@Suite struct LimitTests {
  static func nested(_ depth: Int) -> String {
    String(repeating: "Not(", count: depth) + "[x]" + String(repeating: ")", count: depth)
  }

  @Test func `A hundred levels are evaluated and one more is refused with its place`() throws {
    #expect(try evaluate(Self.nested(100), ["x": .boolean(false)]) == .boolean(false))
    let error = try #require(parsingError(Self.nested(101)))
    #expect(error.position.description == "line 1, column 401")
    #expect(error.message.contains("more than 100 deep"))
  }

  @Test func `Brackets without end are refused as soon as they are too deep`() {
    #expect(parsingError(String(repeating: "IIF(", count: 2500)) != nil)
  }

  @Test func `Ten thousand UTF-16 units are an expression and one more is not`() throws {
    let emoji = String(repeating: "😀", count: 4999)
    #expect(try evaluate("\"\(emoji)\"") == .text(emoji))
    let error = try #require(parsingError("\"\(emoji)a\""))
    #expect(error.message.contains("10000"))
  }

  @Test(
    arguments: [
      #"Replace(\#u{0}, "a", , , "aaaaaaaaaa", , )"#, #"Replace(\#u{0}, , "a", , "$_$_", , )"#, "Append(\u{0}, [long])",
      "Join([long], \u{0}, [long])", #"Replace("aaaaaaaa", "a", , , , , \#u{0})"#,
    ])
  func `Functions upon functions cannot make endless texts`(template: String) throws {
    let long = Value.text(String(repeating: "a", count: 15_000))
    var expression = "[long]"
    for _ in 0..<90 { expression = template.replacing("\u{0}", with: expression) }
    let outcome = Vector.Outcome(
      evaluating: expression, in: EvaluationContext(attributes: { _ in long }, now: 0))
    if case .text(let text) = outcome { #expect(text.utf8.count <= 1_000_000) }
  }

  @Test(
    arguments: [
      "Append([x], [x])", "Join([x], [x])", "Left([x], [x])", "Mid([x], [x], [x])", "Len([x])", "InStr([x], [x], [x])",
      "Word([x], [x], [x])",
      "Split([x], [x])", "StripSpaces([x])", "Redact([x])", "ToLower([x])", "PCase([x], [x])",
      "NormalizeDiacritics([x])",
      "Replace([x], [x], , , [x], , )", "Replace([x], , [x], , [x], , )", "Replace([x], , [x], [x], [x], , )",
      "CBool([x])", "CStr([x])",
      "ConvertToBase64([x])", "Coalesce([x], [x])", "IIF([x], [x], [x])", "Switch([x], , [x], [x])",
      "IgnoreFlowIfNullOrEmpty([x])",
      "Not([x])", "Count([x])", "Item([x], [x])", "RemoveDuplicates([x])", "CDate([x])", "DateAdd([x], [x], [x])",
      "DateDiff([x], [x], [x])", "DateFromNum([x])", "NumFromDate([x])", "FormatDateTime([x], , [x], [x])",
      "BitAnd([x], [x])",
      "SelectUniqueValue([x], [x])", "SingleAppRoleAssignment([x])", "RandomString([x])",
    ], [Value.null, .text("1"), .number(Number(1))])
  func `No argument is evaluated twice`(expression: String, value: Value) throws {
    let parsed = try Expression(parsing: expression)
    let reads = Counter()
    let context = EvaluationContext(
      attributes: { _ in
        reads.increment()
        return value
      }, now: 0)
    _ = try? parsed.evaluate(in: context)
    #expect(reads.count <= expression.split(separator: "[x]", omittingEmptySubsequences: false).count - 1)
  }
}

private final class Counter: Sendable {
  private let value = Mutex(0)

  var count: Int { value.withLock { $0 } }

  func increment() {
    value.withLock { $0 += 1 }
  }
}
