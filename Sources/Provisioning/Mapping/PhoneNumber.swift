/// A telephone number in E.164: `+` and 7 to 15 digits.
package enum PhoneNumber {
  /// Brings free text to E.164: blanks, dots, dashes, slashes and brackets go, `00` in front becomes `+`, and the national zero in
  /// `+44 (0)20` goes. An extension (`x12`, `ext. 12`) is kept as xMatters writes it, `;ext=12`.
  /// - Returns: Nil when the text has no country code or is not a number: guessing a country would call a stranger.
  package static func e164(_ text: String) -> String? {
    let text = text.lowercased()
    var number = Substring(text)
    var suffix = ""
    if let mark = extensionMark(in: text) {
      let digits = text[mark.upperBound...].filter { $0.isASCII && $0.isNumber }
      guard !digits.isEmpty, digits.count <= 10 else { return nil }
      number = text[..<mark.lowerBound]
      suffix = ";ext=" + digits
    }
    var digits = ""
    var isInternational = false
    for character in number.replacing("(0)", with: "") {
      switch character {
      case "+" where digits.isEmpty && !isInternational: isInternational = true
      case "0"..."9" where character.isASCII: digits.append(character)
      case " ", "\u{A0}", "\u{202F}", "\t", "-", ".", "/", "(", ")", "\u{2010}", "\u{2011}", "\u{2013}": continue
      default: return nil
      }
    }
    if !isInternational, digits.hasPrefix("00") {
      digits.removeFirst(2)
      isInternational = true
    }
    guard isInternational, (7...15).contains(digits.count), digits.first != "0" else { return nil }
    return "+" + digits + suffix
  }

  private static func extensionMark(in text: String) -> Range<String.Index>? {
    for mark in [";ext=", "ext.", "ext", "x"] {
      if let range = text.firstRange(of: mark) { return range }
    }
    return nil
  }
}
