/// What follows a backslash in a regular expression of .NET, outside and inside character classes.
struct DotNetEscape {
  enum Meaning {
    case character(Unicode.Scalar)
    /// An ICU set or class escape.
    case set(String)
  }

  private let pattern: [Unicode.Scalar]
  private(set) var index: Int
  private let isInClass: Bool

  /// `index` is behind the backslash.
  init(_ pattern: [Unicode.Scalar], from index: Int, isInClass: Bool = false) {
    self.pattern = pattern
    self.index = index
    self.isInClass = isInClass
  }

  mutating func translated() throws(DotNetPattern.Invalid) -> String {
    switch try read() {
    case .character(let scalar): Self.literal(scalar)
    case .set(let set): set
    }
  }

  /// ICU source that stands for the scalar whatever its surroundings.
  static func literal(_ scalar: Unicode.Scalar) -> String {
    if scalar.isASCIILetter || scalar.isASCIIDigit { return String(scalar) }
    return "\\x{\(String(scalar.value, radix: 16))}"
  }

  mutating func read() throws(DotNetPattern.Invalid) -> Meaning {
    guard index < pattern.count else { throw DotNetPattern.Invalid(reason: "it ends with a lone backslash") }
    let scalar = pattern[index]
    index += 1
    switch scalar {
    case "d": return .set("\\p{Nd}")
    case "D": return .set("\\P{Nd}")
    case "w": return .set("[\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}]")
    case "W": return .set("[^\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}]")
    case "s": return .set("[\\f\\n\\r\\t\\x0B\\x85\\p{Z}]")
    case "S": return .set("[^\\f\\n\\r\\t\\x0B\\x85\\p{Z}]")
    case "p", "P": return .set(try property(scalar))
    case "t": return .character("\t")
    case "n": return .character("\n")
    case "r": return .character("\r")
    case "f": return .character("\u{0C}")
    case "v": return .character("\u{0B}")
    case "a": return .character("\u{07}")
    case "e": return .character("\u{1B}")
    case "b" where isInClass: return .character("\u{08}")
    case "c": return .character(try control())
    case "x": return .character(try hexadecimal(2))
    case "u": return .character(try utf16())
    case "0"..."7" where scalar == "0" || isInClass: return .character(octal(scalar))
    case _ where scalar.properties.isAlphabetic || scalar.isASCIIDigit:
      throw DotNetPattern.Invalid(reason: "\\\(scalar) is no escape")
    default: return .character(scalar)
    }
  }

  /// General categories are called the same in both; blocks are `IsCyrillic` in .NET and `InCyrillic` in ICU.
  private mutating func property(_ sign: Unicode.Scalar) throws(DotNetPattern.Invalid) -> String {
    guard index < pattern.count, pattern[index] == "{", let end = pattern[index...].firstIndex(of: "}") else {
      throw DotNetPattern.Invalid(reason: "\\\(sign) wants a category such as \\\(sign){L}")
    }
    let name = pattern[(index + 1)..<end]
    guard !name.isEmpty, name.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || $0 == "-" }) else {
      throw DotNetPattern.Invalid(reason: "\\\(sign) names no category")
    }
    index = end + 1
    let text = String(String.UnicodeScalarView(name))
    return "\\\(sign){\(text.hasPrefix("Is") ? "In" + text.dropFirst(2) : text)}"
  }

  private mutating func control() throws(DotNetPattern.Invalid) -> Unicode.Scalar {
    guard index < pattern.count, ("@"..."_").contains(pattern[index]) || pattern[index].isASCIILetter else {
      throw DotNetPattern.Invalid(reason: "\\c wants a letter")
    }
    index += 1
    return Unicode.Scalar(UInt8(pattern[index - 1].value & 0x1F))
  }

  private mutating func hexadecimal(_ count: Int) throws(DotNetPattern.Invalid) -> Unicode.Scalar {
    guard let scalar = Unicode.Scalar(try unit(count)) else {
      throw DotNetPattern.Invalid(reason: "half a surrogate pair stands alone")
    }
    return scalar
  }

  /// One UTF-16 unit, or two that are a surrogate pair.
  private mutating func utf16() throws(DotNetPattern.Invalid) -> Unicode.Scalar {
    let first = UInt16(try unit(4))
    if UTF16.isLeadSurrogate(first), index + 1 < pattern.count, pattern[index] == "\\", pattern[index + 1] == "u" {
      index += 2
      let second = UInt16(try unit(4))
      if let scalar = String(decoding: [first, second], as: UTF16.self).unicodeScalars.first, scalar.value > 0xFFFF,
        scalar != "\u{FFFD}"
      {
        return scalar
      }
    }
    guard let scalar = Unicode.Scalar(first) else {
      throw DotNetPattern.Invalid(reason: "half a surrogate pair stands alone")
    }
    return scalar
  }

  private mutating func unit(_ count: Int) throws(DotNetPattern.Invalid) -> UInt32 {
    let digits = pattern[min(index, pattern.count)...].prefix(count)
    guard digits.count == count, digits.allSatisfy(\.properties.isASCIIHexDigit),
      let unit = UInt32(String(String.UnicodeScalarView(digits)), radix: 16)
    else { throw DotNetPattern.Invalid(reason: "\\\(count == 2 ? "x" : "u") wants \(count) hexadecimal digits") }
    index += count
    return unit
  }

  /// Up to three digits, of which the first is read.
  private mutating func octal(_ first: Unicode.Scalar) -> Unicode.Scalar {
    var value = first.value - 0x30
    for _ in 0..<2 {
      guard index < pattern.count, ("0"..."7").contains(pattern[index]) else { break }
      value = value * 8 + pattern[index].value - 0x30
      index += 1
    }
    return Unicode.Scalar(UInt8(value & 0xFF))
  }
}
