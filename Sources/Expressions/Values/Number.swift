/// A decimal number as it is written, of any length: `Len(42568.75)` counts its characters, so the digits are kept.
package struct Number: Sendable, Hashable {
  /// An optional minus sign, digits, and optionally a point and digits.
  package let text: String

  package init(_ integer: some BinaryInteger) {
    text = String(integer)
  }

  /// Reads `7`, `-10` or `42568.75`, with blanks around it; nil for anything else, a sign `+` or an exponent included.
  package init?(_ text: String) {
    let trimmed = text.trimmed
    var rest = Substring(trimmed).utf8
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    let parts = rest.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else { return nil }
    self.text = trimmed
  }

  /// The number when it is whole and fits.
  package var integer: Int64? {
    let (isNegative, whole, fraction) = parts
    guard fraction.isEmpty else { return nil }
    return Int64((isNegative ? "-" : "") + (whole.isEmpty ? "0" : whole))
  }

  package var isZero: Bool {
    text.utf8.allSatisfy { !isDigit($0) || $0 == UInt8(ascii: "0") }
  }

  /// Without leading zeros of the whole part and trailing zeros of the fraction.
  private var parts: (isNegative: Bool, whole: Substring, fraction: Substring) {
    let isNegative = text.hasPrefix("-") && !isZero
    let digits = text.drop { $0 == "-" }
    let halves = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    var fraction = halves.count > 1 ? halves[1] : ""
    while fraction.last == "0" { fraction.removeLast() }
    return (isNegative, halves[0].drop { $0 == "0" }, fraction)
  }
}

extension Number: Comparable {
  /// By value: 1.50 equals 1.5.
  package static func == (left: Number, right: Number) -> Bool {
    left.parts == right.parts
  }

  package static func < (left: Number, right: Number) -> Bool {
    let (left, right) = (left.parts, right.parts)
    guard left.isNegative == right.isNegative else { return left.isNegative }
    let (smaller, larger) = left.isNegative ? (right, left) : (left, right)
    guard smaller.whole.count == larger.whole.count else { return smaller.whole.count < larger.whole.count }
    return smaller.whole == larger.whole ? smaller.fraction < larger.fraction : smaller.whole < larger.whole
  }

  package func hash(into hasher: inout Hasher) {
    let parts = parts
    hasher.combine(parts.isNegative)
    hasher.combine(parts.whole)
    hasher.combine(parts.fraction)
  }
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
