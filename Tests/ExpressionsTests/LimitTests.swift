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

  private static let long = 600_000
  private static let hostile: [String: Value] = [
    "a": .text(String(repeating: "a", count: long)), "ab": .text(String(repeating: "a", count: long / 2) + "b"),
    "marks": .text("a" + String(repeating: "\u{301}\u{323}", count: long / 4)),
    "words": .text(String(repeating: "a ", count: long / 2)),
    "delimiters": .text(String(String.UnicodeScalarView((0x3400..<0x9000).compactMap { Unicode.Scalar($0) })) + "b"),
    "braces": .text(String(repeating: "{", count: long)), "dollars": .text(String(repeating: "${", count: long / 2)),
    "digits": .text(String(repeating: "9", count: long)), "short": .text(String(repeating: "a", count: 19_000)),
    "list": .texts(Array(repeating: "a", count: long / 2)),
  ]

  @Test(
    "Whatever the values are, an evaluation ends soon, and one that is stopped says in which function",
    arguments: [
      "InStr([a], [ab])", "InStr([a], [ab], , vbTextCompare)", "InStr([marks], [marks])",
      "Replace([a], [ab], , , \"\", , )",
      "Replace([a], \"a\", , , [ab], , )", "Word([a], 2, [delimiters])", "Word([words], 299999, [delimiters])",
      "Split([words], \" \")", "Join([a], [words], [list])", "ToLower(ToUpper(ToLower(ToUpper([marks]))))",
      "StripSpaces(StripSpaces(StripSpaces([words])))", "RemoveDuplicates([list])",
      "Replace([short], , [braces], , \"\", , )",
      "Replace([short], , \"(a)|(b)\", , [dollars], , )", "Replace([short], , \"a\", [marks], \"\", , )",
      "Replace([short], , \"(?:)\", , [marks], , )", "Switch([marks], \"no\", \"a\", \"yes\")",
      "IIF([marks] = \"a\", 1, 2)",
      "IIF([marks], 1, 2)", "Not([marks])", "CBool([digits])", "BitAnd([digits], [digits])",
      "DateAdd([marks], 1, Now())",
      "FormatDateTime([a], [marks], [a], [marks])", "RandomString(8, 0, 0, 0, 0, [marks])", "ConvertToUTF8Hex([a])",
      "ConvertToBase64([marks])", "NormalizeDiacritics([marks])", "PCase([words], [marks])", "ToLower([a], [marks])",
      "SelectUniqueValue([marks], [a])", "CDate([marks])", "Len([digits])", "IIF([digits] < 7, 1, 2)",
    ])
  func bounded(text: String) throws {
    let expression = try Expression(parsing: text)
    let context = EvaluationContext(
      attributes: { Self.hostile[$0] ?? .null }, now: 0, taken: EvaluationContext.taken(["b"]))
    let began = ContinuousClock.now
    do {
      _ = try expression.evaluate(in: context)
    } catch let error {
      if [.timeLimit, .tooLong].contains(error.kind) { #expect(text.contains(error.message.prefix { $0 != ":" })) }
    }
    // Processor time is bounded by 250 ms and one more pass; the rest is for a machine that does other things too.
    #expect(began.duration(to: .now) < .seconds(10))
  }

  @Test("Text that is made counts together, whichever functions make it; what is only chosen does not")
  func budget() throws {
    let limits = EvaluationLimits(bytes: 10)
    func evaluate(_ text: String) throws -> Value {
      try Expression(parsing: text).evaluate(
        in: EvaluationContext(attributes: { _ in .text("abcd") }, now: 0, limits: limits))
    }
    #expect(try evaluate("ToLower(ToUpper([x]))") == .text("abcd"))
    #expect(try evaluate("Coalesce(Coalesce(Coalesce(IIF(\"1\", [x], [x]))))") == .text("abcd"))
    for (text, function) in [
      ("ToLower(ToUpper(ToLower([x])))", "ToLower"), ("Append([x], Append([x], [x]))", "Append"),
      ("Join([x], [x], [x], [x], [x])", "Join"), (#"Replace([x], "a", , , "0123456789", , )"#, "Replace"),
    ] {
      #expect {
        try evaluate(text)
      } throws: { error in
        let error = error as? EvaluationError
        return error?.kind == .tooLong && error?.message.hasPrefix(function + ":") == true
      }
    }
  }

  @Test("An evaluation whose time is up names the function that it is in")
  func deadline() throws {
    let context = EvaluationContext(
      attributes: { Self.hostile[$0] ?? .null }, now: 0, limits: EvaluationLimits(time: .zero))
    #expect {
      try Expression(parsing: #"Word([words], 5, " ")"#).evaluate(in: context)
    } throws: { error in
      let error = error as? EvaluationError
      return error?.kind == .timeLimit && error?.message.hasPrefix("Word: ") == true
    }
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
