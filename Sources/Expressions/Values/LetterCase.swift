/// Changing letter case as .NET does: one character to one character, so `ß` stays under ToUpper.
enum LetterCase: Sendable {
  case invariant
  /// Any culture but the two below.
  case cultural
  /// Turkish and Azerbaijani, with their dotless i.
  case turkic

  /// From the name of a culture such as `en-US`, `tr-TR` or `fil-PH`; nil when it is not the name of one.
  init?(culture: String) {
    if culture.isEmpty {
      self = .invariant
      return
    }
    // Longer than any, and taken for none before its characters are compared, which may take long.
    guard culture.utf8.count <= 64 else { return nil }
    let subtags = culture.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }
    let areWellFormed = subtags.allSatisfy { subtag in
      (1...8).contains(subtag.utf8.count) && subtag.unicodeScalars.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit }
    }
    guard areWellFormed, let language = subtags.first, (2...3).contains(language.count),
      language.unicodeScalars.allSatisfy(\.isASCIILetter)
    else { return nil }
    self = ["tr", "tur", "az", "aze"].contains(language.lowercased()) ? .turkic : .cultural
  }

  func lower(_ text: String) -> String {
    text.mapScalars { lower($0) }
  }

  func upper(_ text: String) -> String {
    text.mapScalars { upper($0) }
  }

  func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch (scalar, self) {
    case ("I", .turkic): "\u{131}"
    case ("A"..."Z", _): Unicode.Scalar(UInt8(scalar.value + 32))
    case (..<"\u{80}", _): scalar
    case ("\u{130}", .invariant): scalar
    case ("\u{130}", _): "i"
    default: scalar.properties.lowercaseMapping.onlyScalar ?? scalar
    }
  }

  func upper(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch (scalar, self) {
    case ("i", .turkic): "\u{130}"
    case ("a"..."z", _): Unicode.Scalar(UInt8(scalar.value - 32))
    case (..<"\u{80}", _): scalar
    case ("\u{131}", .invariant): scalar
    default:
      // Greek letters with iota subscript have two letters in full upper case, and their one-letter form as title case.
      scalar.properties.uppercaseMapping.onlyScalar ?? scalar.properties.titlecaseMapping.onlyScalar ?? scalar
    }
  }

  func title(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    scalar == "\u{131}" ? upper(scalar) : scalar.properties.titlecaseMapping.onlyScalar ?? scalar
  }
}

extension String {
  func mapScalars(_ transform: (Unicode.Scalar) -> Unicode.Scalar) -> String {
    var result = String.UnicodeScalarView()
    result.reserveCapacity(utf8.count)
    for scalar in unicodeScalars { result.append(transform(scalar)) }
    return String(result)
  }

  fileprivate var onlyScalar: Unicode.Scalar? {
    unicodeScalars.count == 1 ? unicodeScalars.first : nil
  }
}

extension Unicode.Scalar {
  var isASCIILetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
