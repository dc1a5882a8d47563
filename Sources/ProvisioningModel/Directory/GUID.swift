/// GUIDs between their text, such as `0f8fad5b-d9cb-469f-a165-70867728950e`, and their 128 bits.
enum GUID {
  private static let digits = Array("0123456789abcdef".utf8)
  private static let hyphen = UInt8(ascii: "-")
  private static let length = 36

  /// - Returns: Nil for what is not 32 hexadecimal digits in the usual groups.
  static func parse(_ text: String) -> (high: UInt64, low: UInt64)? {
    guard text.utf8.count == length else { return nil }
    var (high, low): (UInt64, UInt64) = (0, 0)
    for (position, byte) in text.utf8.enumerated() {
      if isHyphen(position) {
        guard byte == hyphen else { return nil }
        continue
      }
      guard let digit = digit(byte) else { return nil }
      high = high << 4 | low >> 60
      low = low << 4 | digit
    }
    return (high, low)
  }

  /// In lower case.
  static func text(_ high: UInt64, _ low: UInt64) -> String {
    String(unsafeUninitializedCapacity: length) { buffer in
      var shift = 128
      for position in 0..<length {
        if isHyphen(position) {
          buffer[position] = hyphen
          continue
        }
        shift -= 4
        let digit = shift >= 64 ? high >> UInt64(shift - 64) : low >> UInt64(shift)
        buffer[position] = digits[Int(digit & 15)]
      }
      return length
    }
  }

  private static func isHyphen(_ position: Int) -> Bool {
    position == 8 || position == 13 || position == 18 || position == 23
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
