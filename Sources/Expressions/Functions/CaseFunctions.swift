extension Function {
  /// Letter case and diacritics (docs/reference/expressions.md, "Text").
  static let letterCase: [Function] = [
    changingCase("ToLower") { $0.lower($1) },
    changingCase("ToUpper") { $0.upper($1) },
    Function("PCase", .required("source"), .optional("wordSeparators")) { call, context throws(EvaluationError) in
      guard let source = try call.text(0, context) else { return .null }
      let separators = (try call.text(1, context)).map { Set($0.unicodeScalars) }
      return .text(properCase(source) { separators?.contains($0) ?? isWordSeparator($0) })
    },
    Function("NormalizeDiacritics", .required("source")) { call, context throws(EvaluationError) in
      try call.text(0, context).map { .text(Diacritics.normalized($0)) } ?? .null
    },
  ]

  private static func changingCase(
    _ name: String, _ change: @escaping @Sendable (LetterCase, String) -> String
  ) -> Function {
    Function(name, .required("source"), .optional("culture")) { (syntax) throws(ExpressionError) in
      if let culture = syntax.constantText(1), LetterCase(culture: culture) == nil {
        throw syntax.error("\"\(culture)\" is not the name of a culture such as en-US", at: 1)
      }
      return { call, context throws(EvaluationError) in
        let culture = try call.text(1, context) ?? ""
        guard let letterCase = LetterCase(culture: culture) else {
          throw call.unsuitable(1, "is not the name of a culture such as en-US")
        }
        return try call.text(0, context).map { .text(change(letterCase, $0)) } ?? .null
      }
    }
  }

  /// The first letter of each word in upper case, all others in lower case.
  private static func properCase(_ text: String, isSeparator: (Unicode.Scalar) -> Bool) -> String {
    var isInWord = false
    return text.mapScalars { scalar in
      if isSeparator(scalar) {
        isInWord = false
        return scalar
      }
      guard scalar.properties.isAlphabetic else { return scalar }
      defer { isInWord = true }
      return isInWord ? LetterCase.invariant.lower(scalar) : LetterCase.invariant.title(scalar)
    }
  }

  private static func isWordSeparator(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .connectorPunctuation,
      .dashPunctuation,
      .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol,
      .currencySymbol, .modifierSymbol, .otherSymbol:
      true
    default: false
    }
  }
}
