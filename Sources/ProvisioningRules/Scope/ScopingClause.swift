package import Expressions

/// The operators of a clause, spelled as Entra spells them (docs/reference/entra-provisioning.md, "Scoping filters").
package enum ClauseOperator: String, Hashable, Sendable, CaseIterable {
  case equals = "EQUALS"
  case notEquals = "NOT EQUALS"
  case isTrue = "IS TRUE"
  case isFalse = "IS FALSE"
  case isNull = "IS NULL"
  case isNotNull = "IS NOT NULL"
  case regexMatch = "REGEX MATCH"
  case notRegexMatch = "NOT REGEX MATCH"
  case greaterThan = "Greater_Than"
  case greaterThanOrEquals = "Greater_Than_OR_EQUALS"
  case includes = "Includes"
  case endsWith = "ENDS_WITH"
  case isFoundIn = "&"
  case isNotFoundIn = "!&"

  /// Portal, schema and people write blanks, underscores and capitals differently: they don't count.
  package init?(spelled text: String) {
    let wanted = Self.bare(text)
    guard let found = Self.allCases.first(where: { Self.bare($0.rawValue) == wanted }) else { return nil }
    self = found
  }

  package var takesValue: Bool {
    switch self {
    case .isTrue, .isFalse, .isNull, .isNotNull: false
    default: true
    }
  }

  private static func bare(_ text: String) -> String {
    text.lowercased().filter { $0 != " " && $0 != "_" && $0 != "-" }
  }
}

/// One test of one attribute, parsed once. Comparisons mind letter case. A null or empty value, and one of a kind that the operator does not
/// support, makes the clause false; only IS NULL holds for it (docs/reference/entra-provisioning.md, "Scoping filters").
package struct ScopingClause: Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with a clause.
  package struct Invalid: Error, Hashable, CustomStringConvertible {
    package var description: String
  }

  private enum Test: Hashable, Sendable {
    case isNull(Bool)
    case isTrue(Bool)
    case equals(String, Bool)
    case matches(TextPattern, Bool)
    case isAtLeast(UInt64)
    case isAbove(UInt64)
    case includes(String)
    case endsWith(String)
    case isFound(in: String, Bool)
  }

  package let attribute: String
  package let comparison: ClauseOperator
  /// Nil when the operator takes none.
  package let value: String?
  private let test: Test

  /// - Throws: When the operator lacks a value, has one too many, or cannot work with it.
  package init(_ attribute: String, _ comparison: ClauseOperator, _ value: String? = nil) throws(Invalid) {
    self.attribute = attribute
    self.comparison = comparison
    let given = value.flatMap { $0.isEmpty ? nil : $0 }
    self.value = given
    guard comparison.takesValue == (given != nil) else {
      throw Invalid(description: "\(comparison.rawValue) \(given == nil ? "needs a value" : "takes no value")")
    }
    test = try Self.test(comparison, given ?? "")
  }

  private static func test(_ comparison: ClauseOperator, _ value: String) throws(Invalid) -> Test {
    switch comparison {
    case .equals: .equals(value, true)
    case .notEquals: .equals(value, false)
    case .isTrue: .isTrue(true)
    case .isFalse: .isTrue(false)
    case .isNull: .isNull(true)
    case .isNotNull: .isNull(false)
    case .regexMatch: .matches(try pattern(value), true)
    case .notRegexMatch: .matches(try pattern(value), false)
    case .greaterThan: .isAbove(try wholeNumber(value))
    case .greaterThanOrEquals: .isAtLeast(try wholeNumber(value))
    case .includes: .includes(value)
    case .endsWith: .endsWith(value)
    case .isFoundIn: .isFound(in: value, true)
    case .isNotFoundIn: .isFound(in: value, false)
    }
  }

  private static func pattern(_ text: String) throws(Invalid) -> TextPattern {
    do throws(TextPattern.Invalid) {
      return try TextPattern(text)
    } catch {
      throw Invalid(description: "the regular expression cannot be used: \(error)")
    }
  }

  private static func wholeNumber(_ text: String) throws(Invalid) -> UInt64 {
    guard let number = UInt64(digits: text) else {
      throw Invalid(description: "the value must be a whole number from 0, not '\(text)'")
    }
    return number
  }

  /// - Throws: When a regular expression reached its limits: that is neither true nor false.
  package func holds(for value: Value) throws(TextPattern.LimitExceeded) -> Bool {
    switch test {
    case .isNull(let wanted): return value.isAbsent == wanted
    case .isTrue(let wanted):
      if case .boolean(let boolean) = value { return boolean == wanted }
      return false
    case .equals(let other, let wanted):
      return value.textOrInteger.map { $0.utf8.elementsEqual(other.utf8) == wanted } ?? false
    case .matches(let pattern, let wanted):
      guard let text = value.textOrInteger else { return false }
      return try pattern.isFound(in: text) == wanted
    case .isAbove(let limit): return value.wholeNumber.map { $0 > limit } ?? false
    case .isAtLeast(let limit): return value.wholeNumber.map { $0 >= limit } ?? false
    case .includes(let part): return value.nonEmptyText.map { $0.utf8.contains(part.utf8) } ?? false
    case .endsWith(let end):
      return value.nonEmptyText.map { $0.utf8.reversed().starts(with: end.utf8.reversed()) } ?? false
    case .isFound(let text, let wanted):
      return value.textOrInteger.map { text.utf8.contains($0.utf8) == wanted } ?? false
    }
  }

  package var description: String {
    "\(attribute) \(comparison.rawValue)" + (value.map { " \($0)" } ?? "")
  }

  /// What works otherwise than it may look; nil when there is nothing to say.
  package var lint: String? {
    switch test {
    case .matches(let pattern, _) where !pattern.hasAnchor:
      "the pattern is searched for anywhere in the value; write ^ and $ around it if it is to cover the whole"
    case .isFound:
      "Entra does not say clearly what \(comparison.rawValue) does; here it asks whether the attribute's value is part of the given one"
    default: nil
    }
  }
}

extension Value {
  fileprivate var isAbsent: Bool {
    switch self {
    case .null, .skip, .text(""), .texts([]), .roles([]): true
    default: false
    }
  }

  fileprivate var nonEmptyText: String? {
    if case .text(let text) = self, !text.isEmpty { text } else { nil }
  }

  fileprivate var textOrInteger: String? {
    if case .number(let number) = self { number.text } else { nonEmptyText }
  }

  fileprivate var wholeNumber: UInt64? { textOrInteger.flatMap { UInt64(digits: $0) } }
}

extension UInt64 {
  /// Digits only, without a sign.
  fileprivate init?(digits text: String) {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    self.init(text)
  }
}
