import Expressions
import Testing

/// No text may bring the parser or an evaluation down, and every error has a place in the text.
@Suite struct FuzzTests {
  private static let pieces =
    [
      "(", ")", "[", "]", ",", "\"", "\\", "\\\\", " ", "\n", "=", "<>", "<", ">=", "-", "&H", "0", "1",
      "99999999999999999999", ".", "'", "{", "}", "*", "+", "?", "^", "$", "|",
      "(?<n>", "(?", "[^", "\\\\d", "\\\\p{L}", "${n}", "a", "É", "😀", "\u{301}", "\u{0}", "שלום", "[x]", "[many]",
      "[n]", "\"\"", "\"yyyy\"", "vbTextCompare", "IgnoreAttributeFlow",
      "Replace(", "FormatDateTime(", "Switch(", "IIF(", "Now()", "Join(", "Mid(", "Split(", "DateAdd(", "RandomString(",
    ]

  private static let attributes: [String: Value] = [
    "x": .text("Kim-Ω 12.5 e\u{301}😀"), "many": .texts(["a", "", "é"]), "n": .number(Number(7)),
    "mail": .text("kim@ops.example"), "a": .text("-3"),
    "appRoleAssignments": .roles([.init(id: "1", value: "v", displayName: nil)]), "d": .text("2024-02-29"),
    "b": .boolean(true),
  ]

  @Test(arguments: 0..<20 as Range<UInt64>) func `Mutated expressions are evaluated or refused`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      check(mutated(Vector.all.randomElement(using: &generator)?.expression ?? "", with: &generator))
    }
  }

  @Test func `Every beginning of every vector is evaluated or refused`() {
    for vector in Vector.all {
      for end in vector.expression.indices { check(String(vector.expression[..<end])) }
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>) func `Random pieces are evaluated or refused`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<400 {
      let count = Int.random(in: 1...30, using: &generator)
      check((0..<count).compactMap { _ in Self.pieces.randomElement(using: &generator) }.joined())
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>) func `Random patterns are used or refused`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      "(", ")", "[", "]", "-", "^", "a", "b", "\\", "d", "w", "{2}", "{1,3}", "*", "+", "?", "|", "(?:", "(?<n>", "(?=",
      "(?<!", "k<n>", "1", "u0041", "x4", "p{L}", "&&", "$", ".", " ", "é", "😀",
    ]
    for _ in 0..<400 {
      let count = Int.random(in: 1...12, using: &generator)
      let pattern = (0..<count).compactMap { _ in pieces.randomElement(using: &generator) }.joined()
      let expression = #"Replace([x], , [p], , "$1${n}", , )"#
      _ = try? evaluate(expression, ["x": .text("aab bé😀[a-b]&&11"), "p": .text(pattern)])
    }
  }

  private func mutated(_ expression: String, with generator: inout SeededGenerator) -> String {
    var scalars = Array(expression.unicodeScalars)
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0...scalars.count, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: scalars.removeSubrange(place..<min(scalars.count, place + 3))
      case 1:
        scalars.insert(
          contentsOf: Array((Self.pieces.randomElement(using: &generator) ?? "").unicodeScalars), at: place)
      case 2:
        let other = Array((Vector.all.randomElement(using: &generator)?.expression ?? "").unicodeScalars)
        scalars = Array(scalars[..<place]) + other.suffix(Int.random(in: 0...other.count, using: &generator))
      default: scalars.insert(contentsOf: scalars[place...].prefix(5), at: place)
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  private func check(_ text: String) {
    do {
      let expression = try Expression(parsing: text)
      _ = expression.lints
      _ = expression.attributeNames
      let value = try? expression.evaluate(
        in: EvaluationContext(attributes: { Self.attributes[$0] ?? .null }, now: 0, random: { 0x0123_4567_89AB_CDEF }))
      _ = value?.texts
    } catch {
      let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      #expect((1...lines.count).contains(error.position.line), "\(error) in \(text)")
      #expect(!error.message.isEmpty)
      if lines.indices.contains(error.position.line - 1) {
        #expect((1...lines[error.position.line - 1].count + 1).contains(error.position.column), "\(error) in \(text)")
      }
    }
  }
}
