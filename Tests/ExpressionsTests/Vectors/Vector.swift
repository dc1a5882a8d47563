import Expressions
import Testing

/// A row of the vectors (docs/reference/expressions.md, "Vectors").
struct Vector: Sendable, CustomTestStringConvertible {
  enum Outcome: Sendable, Hashable {
    case null, skip, error
    case text(String)
    case texts([String])
  }

  var number: Int
  var expression: String
  var attributes: [String: Value]
  var now: String
  var defaultDomain: String?
  var taken: [String]
  var expected: Outcome

  init(
    _ number: Int, _ expression: String, _ attributes: [String: Value] = [:], now: String = "2000-01-01",
    defaultDomain: String? = nil, taken: [String] = [], gives expected: Outcome
  ) {
    self.number = number
    self.expression = expression
    self.attributes = attributes
    self.now = now
    self.defaultDomain = defaultDomain
    self.taken = taken
    self.expected = expected
  }

  static let all = syntax + text + replace + choice + date + directory

  var testDescription: String { "\(number): \(expression)" }

  func outcome() throws -> Outcome {
    let attributes = attributes
    let now = try #require(DateTime(reading: now))
    let context = EvaluationContext(
      attributes: { attributes[$0] ?? .null }, now: now.millisecondsSince1970, defaultDomain: defaultDomain,
      taken: EvaluationContext.taken(taken))
    return Outcome(evaluating: expression, in: context)
  }
}

extension Vector.Outcome {
  init(value: Value) {
    switch value {
    case .null: self = .null
    case .skip: self = .skip
    default: self = value.text.map { .text($0) } ?? .texts(value.texts)
    }
  }

  init(evaluating expression: String, in context: EvaluationContext) {
    do {
      self.init(value: try Expression(parsing: expression).evaluate(in: context))
    } catch {
      self = .error
    }
  }

  /// By UTF-8 bytes: Swift takes composed and decomposed letters for equal.
  static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.null, .null), (.skip, .skip), (.error, .error): true
    case (.text(let left), .text(let right)): Array(left.utf8) == Array(right.utf8)
    case (.texts(let left), .texts(let right)): left.map { Array($0.utf8) } == right.map { Array($0.utf8) }
    default: false
    }
  }
}

@Suite struct VectorTests {
  @Test(arguments: Vector.all) func `A vector of the reference gives what stands there`(vector: Vector) throws {
    #expect(try vector.outcome() == vector.expected)
  }

  @Test func `No vector of the reference is missing`() {
    #expect(Vector.all.map(\.number).sorted() == Array(1...177))
  }
}
