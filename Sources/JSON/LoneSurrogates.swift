/// Halves of surrogate pairs that stand alone as escapes, such as `\ud83d`. RFC 8259, section 8.2 allows them, jansson does not: one name that
/// was cut in the middle of a character would make a whole page unreadable.
enum LoneSurrogates {
  private static let backslash = UInt8(ascii: "\\")
  private static let replacement = Array("fffd".utf8)

  /// - Returns: The text with U+FFFD in the place of each lone half; nil when there is none.
  static func repaired(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    var repaired: [UInt8]?
    var index = 0
    while index < bytes.count {
      guard bytes[index] == backslash else {
        index += 1
        continue
      }
      guard let unit = unit(bytes, at: index), (0xD800...0xDFFF).contains(unit) else {
        // The escape and what it escapes, which may be a backslash.
        index += 2
        continue
      }
      if unit < 0xDC00, let next = self.unit(bytes, at: index + 6), (0xDC00...0xDFFF).contains(next) {
        index += 12
        continue
      }
      if repaired == nil { repaired = Array(bytes) }
      repaired?.replaceSubrange(index + 2..<index + 6, with: replacement)
      index += 6
    }
    return repaired
  }

  /// The UTF-16 unit of an escape `\uXXXX` that begins at `index`.
  private static func unit(_ bytes: UnsafeRawBufferPointer, at index: Int) -> UInt16? {
    guard index + 6 <= bytes.count, bytes[index] == backslash, bytes[index + 1] == UInt8(ascii: "u") else { return nil }
    var unit: UInt16 = 0
    for byte in bytes[index + 2..<index + 6] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}
