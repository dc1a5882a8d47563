/// A telephone number in E.164: `+` and 7 to 15 digits.
package enum PhoneNumber {
  /// Brings free text to E.164: blanks, dots, dashes, slashes and brackets go, `00` in front becomes `+`, and the national zero in
  /// `+44 (0)20` goes. An extension (`x12`, `ext. 12`) is kept as xMatters writes it, `;ext=12`.
  /// - Parameter home: The country whose way of writing a number without a country code is taken for; without one none is guessed, as that
  ///   would call a stranger.
  /// - Returns: Nil when the text is no number, or not a complete one.
  package static func e164(_ text: String, home: NumberingPlan? = nil) -> String? {
    let text = text.lowercased()
    var number = Substring(text)
    var suffix = ""
    if let mark = extensionMark(in: text) {
      let digits = text[mark.upperBound...].filter { $0.isASCII && $0.isNumber }
      guard !digits.isEmpty, digits.count <= 10 else { return nil }
      number = text[..<mark.lowerBound]
      suffix = ";ext=" + digits
    }
    guard var (digits, isInternational) = digits(in: number) else { return nil }
    if !isInternational, let home {
      guard let complete = home.international(digits) else { return nil }
      (digits, isInternational) = (complete, true)
    } else if !isInternational, digits.hasPrefix("00") {
      digits.removeFirst(2)
      isInternational = true
    }
    guard isInternational, (7...15).contains(digits.count), digits.first != "0" else { return nil }
    return "+" + digits + suffix
  }

  private static func digits(in number: Substring) -> (digits: String, isInternational: Bool)? {
    var digits = ""
    var isInternational = false
    for character in number.replacing("(0)", with: italian(number) ? "0" : "") {
      switch character {
      case "+" where digits.isEmpty && !isInternational: isInternational = true
      case "0"..."9" where character.isASCII: digits.append(character)
      case " ", "\u{A0}", "\u{202F}", "\t", "-", ".", "/", "(", ")", "\u{2010}", "\u{2011}", "\u{2013}": continue
      default: return nil
      }
    }
    return digits.isEmpty ? nil : (digits, isInternational)
  }

  /// In Italy alone the zero is dialled from abroad, too.
  private static func italian(_ number: Substring) -> Bool {
    number.filter { !$0.isWhitespace }.hasPrefix("+39(0)")
  }

  private static func extensionMark(in text: String) -> Range<String.Index>? {
    // All marks have it, and hardly any number has.
    guard text.utf8.contains(UInt8(ascii: "x")) else { return nil }
    for mark in [";ext=", "ext.", "ext", "x"] {
      if let range = text.firstRange(of: mark) { return range }
    }
    return nil
  }
}
