/// Letters with marks to plain letters, as NormalizeDiacritics wants them (docs/reference/expressions.md, "Text"):
/// ä becomes a, never ae.
enum Diacritics {
  /// Latin letters lose their marks; all other scripts, where a mark may make another letter (Cyrillic й), stay as they
  /// are.
  static func normalized(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
    var result = String.UnicodeScalarView()
    var isAfterLatin = false
    for scalar in text.unicodeScalars {
      if isAfterLatin, scalar.properties.canonicalCombiningClass != .notReordered { continue }
      isAfterLatin = isLatin(scalar)
      if let plain = plainLetters[scalar] {
        result.append(contentsOf: plain.unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  private static func isLatin(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\u{212A}", "\u{212B}": true
    case ..<"\u{250}", "\u{1E00}"..<"\u{1F00}", "\u{2C60}"..<"\u{2C80}", "\u{A720}"..<"\u{A800}":
      scalar.properties.isAlphabetic
    default: false
    }
  }

  private static let plainLetters: [Unicode.Scalar: String] = {
    var plain: [Unicode.Scalar: String] = [:]
    for (letter, marked) in markedLetters {
      for scalar in marked.unicodeScalars { plain[scalar] = letter }
    }
    return plain
  }()

  /// Every precomposed Latin letter of Unicode with a canonical decomposition, by its base letter, and the letters that
  /// the service's own table writes out. Those that have neither (đ ð þ ħ ŋ ŧ) stay.
  private static let markedLetters: [String: String] = [
    "A": "ÀÁÂÃÄÅĀĂĄǍǞǠǺȀȂȦḀẠẢẤẦẨẪẬẮẰẲẴẶÅ",
    "AE": "ǢǼÆ",
    "B": "ḂḄḆ",
    "C": "ÇĆĈĊČḈ",
    "D": "ĎḊḌḎḐḒ",
    "E": "ÈÉÊËĒĔĖĘĚȄȆȨḔḖḘḚḜẸẺẼẾỀỂỄỆ",
    "F": "Ḟ",
    "G": "ĜĞĠĢǦǴḠ",
    "H": "ĤȞḢḤḦḨḪ",
    "I": "ÌÍÎÏĨĪĬĮİǏȈȊḬḮỈỊ",
    "J": "Ĵ",
    "K": "ĶǨḰḲḴK",
    "L": "ĹĻĽḶḸḺḼŁ",
    "M": "ḾṀṂ",
    "N": "ÑŃŅŇǸṄṆṈṊ",
    "O": "ÒÓÔÕÖŌŎŐƠǑǪǬȌȎȪȬȮȰṌṎṐṒỌỎỐỒỔỖỘỚỜỞỠỢ",
    "OE": "ǾØŒ",
    "P": "ṔṖ",
    "R": "ŔŖŘȐȒṘṚṜṞ",
    "S": "ŚŜŞŠȘṠṢṤṦṨ",
    "SS": "ẞ",
    "T": "ŢŤȚṪṬṮṰ",
    "U": "ÙÚÛÜŨŪŬŮŰŲƯǓǕǗǙǛȔȖṲṴṶṸṺỤỦỨỪỬỮỰ",
    "V": "ṼṾ",
    "W": "ŴẀẂẄẆẈ",
    "X": "ẊẌ",
    "Y": "ÝŶŸȲẎỲỴỶỸ",
    "Z": "ŹŻŽẐẒẔ",
    "a": "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ",
    "ae": "ǣǽæ",
    "b": "ḃḅḇ",
    "c": "çćĉċčḉ",
    "d": "ďḋḍḏḑḓ",
    "e": "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
    "f": "ḟ",
    "g": "ĝğġģǧǵḡ",
    "h": "ĥȟḣḥḧḩḫẖ",
    "i": "ìíîïĩīĭįǐȉȋḭḯỉịı",
    "j": "ĵǰ",
    "k": "ķǩḱḳḵ",
    "l": "ĺļľḷḹḻḽł",
    "m": "ḿṁṃ",
    "n": "ñńņňǹṅṇṉṋ",
    "o": "òóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ",
    "oe": "ǿøœ",
    "p": "ṕṗ",
    "r": "ŕŗřȑȓṙṛṝṟ",
    "s": "śŝşšșṡṣṥṧṩ",
    "ss": "ß",
    "t": "ţťțṫṭṯṱẗ",
    "u": "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự",
    "v": "ṽṿ",
    "w": "ŵẁẃẅẇẉẘ",
    "x": "ẋẍ",
    "y": "ýÿŷȳẏẙỳỵỷỹ",
    "z": "źżžẑẓẕ",
    "ſ": "ẛ",
    "Ʒ": "Ǯ",
    "ʒ": "ǯ",
  ]
}
