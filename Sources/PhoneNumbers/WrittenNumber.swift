internal import CPhoneNumber

/// A text that may hold a telephone number, brought to what libphonenumber reads without guessing.
struct WrittenNumber {
  /// No number needs more bytes; the library is not asked about longer texts.
  private static let longest = 250
  /// The words that may stand in front of an extension. The library takes other letters for keys of a telephone.
  private static let extensionMarks: Set<Substring> = ["x", "ext", "extn", "xtn", "extension"]
  /// A slash may also part the area code from the rest.
  private static let separators: Set<Character> = ["/", ",", ";", "|", "&", "\n", "\r", "\r\n", "／", "，", "；", "、"]

  /// The longest extension that RFC 3966 readers take for one.
  private static let longestExtension = 15

  /// The number, without letters.
  private let text: String
  /// Digits; nil when there is none.
  private let suffix: String?

  /// - Throws: `.unreadable` for what is no number, whatever the country.
  init(_ written: String, home: Country?) throws(PhoneNumber.Problem) {
    guard written.utf8.count <= Self.longest else { throw .unreadable }
    let plain = Self.plain(written)
    // What people write in front of a number ("Tel.", a bracket) is not a part of it.
    var number = plain.drop { $0 != "+" && !$0.isDigit }
    while let last = number.last, last.isWhitespace { number.removeLast() }
    guard !number.isEmpty, !number.dropFirst().contains("+") else { throw .unreadable }
    if let start = number.firstIndex(where: \.isLetter) {
      suffix = try Self.suffix(in: number[start...])
      number = number[..<start]
      while let last = number.last, !last.isDigit { number.removeLast() }
    } else {
      suffix = nil
    }
    // Without a country of one's own only 00 is known to lead abroad.
    text = home == nil && number.hasPrefix("00") ? "+" + number.dropFirst(2) : String(number)
  }

  func read(home: Country?) throws(PhoneNumber.Problem) -> PhoneNumber {
    try checkSingle(home: home)
    let reading = Self.reading(of: text, home: home)
    switch reading.outcome {
    case phone_ok: break
    case phone_no_country: throw .noCountry
    case phone_impossible: throw .incomplete
    default: throw .unreadable
    }
    // A number that is completed with the country at home has to exist there, or to be written as it is dialled there: otherwise it may
    // be meant for callers of another one.
    guard reading.is_valid || reading.is_international || reading.has_trunk_prefix else { throw .incomplete }
    let digits = withUnsafeBytes(of: reading.e164) { String(cString: $0) }
    let marked = withUnsafeBytes(of: reading.extension) { String(cString: $0) }
    guard suffix == nil || marked.isEmpty else { throw .unreadable }
    return PhoneNumber(
      e164: (suffix ?? (marked.isEmpty ? nil : marked)).map { "\(digits);ext=\($0)" } ?? digits,
      isValid: reading.is_valid,
      isVoiceOnly: reading.line == phone_line_voice_only)
  }

  /// - Throws: `.several` when digits follow a separator and are no part of the number before it.
  private func checkSingle(home: Country?) throws(PhoneNumber.Problem) {
    for index in text.indices where Self.separators.contains(text[index]) {
      let rest = text[index...]
      guard rest.contains(where: \.isDigit) else { continue }
      if text[index] == "/", Self.reading(of: String(text[..<index]), home: home).outcome != phone_ok { continue }
      throw .several
    }
  }

  /// Without invisible characters, with plain blanks and ASCII digits.
  private static func plain(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      // Direction marks, joiners, soft hyphens, byte order marks: they come along when a number is copied.
      case .format: continue
      case .spaceSeparator: scalars.append(" ")
      case .decimalNumber:
        guard let value = scalar.properties.numericValue, let digit = Unicode.Scalar(48 + UInt32(value)) else {
          continue
        }
        scalars.append(digit)
      default: scalars.append(scalar == "\t" ? " " : scalar == "＋" ? "+" : scalar)
      }
    }
    return String(scalars).lowercased()
  }

  /// The digits of an extension that follows its mark.
  private static func suffix(in text: Substring) throws(PhoneNumber.Problem) -> String {
    guard extensionMarks.contains(text.prefix { $0.isLetter }) else { throw .unreadable }
    let rest = text.drop { $0.isLetter }.drop { !$0.isDigit && !$0.isLetter }
    let digits = rest.prefix { $0.isDigit }
    guard (1...longestExtension).contains(digits.count),
      !rest.dropFirst(digits.count).contains(where: { $0.isDigit || $0.isLetter })
    else { throw .unreadable }
    return String(digits)
  }

  private static func reading(of text: String, home: Country?) -> phone_reading {
    var text = text
    return text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { phone_read($0.baseAddress, $0.count, home?.code) }
    }
  }
}

extension Character {
  fileprivate var isDigit: Bool { isASCII && isNumber }
}

extension String {
  /// Up to the terminating zero, which the shim writes.
  fileprivate init(cString bytes: UnsafeRawBufferPointer) {
    self.init(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
