/// What an unknown name was probably meant to be.
enum Suggestion {
  static func forFunction(_ name: String) -> String {
    if let own = siblings[name] {
      return "\(name) is a function of Entra Connect, not of attribute mappings; the nearest here is \(own)"
    }
    guard let nearest = nearest(to: name, in: Function.all.map(\.name)) else { return "unknown function \(name)" }
    if nearest.lowercased() == name.lowercased() {
      return "unknown function \(name): names are case-sensitive, write \(nearest)"
    }
    let isClose = distance(name, nearest) <= max(2, nearest.count / 3)
    return "unknown function \(name). " + (isClose ? "Did you mean \(nearest)?" : "The nearest name is \(nearest)")
  }

  /// Operators that other languages have, and where IIF takes their place.
  static let operators = ["AND": "in the second argument", "OR": "in the third argument"]

  static func forWord(_ name: String) -> String {
    if let place = operators[name.uppercased()] {
      return "there is no operator \(name): nest another IIF \(place)"
    }
    let advice = "write \"\(name)\" for text or [\(name)] for an attribute"
    if let function = Function.named(name) { return "\(name) is a function and needs brackets: \(function.signature)" }
    let words = Node.Word.allCases.map(\.rawValue)
    if let word = nearest(to: name, in: words), distance(name, word) <= name.count / 3 {
      return "unknown word \(name). Did you mean \(word)?"
    }
    return "\(name) is neither quoted nor in brackets; \(advice)"
  }

  /// Functions of the sibling language (docs/reference/expressions.md, "Functions of the sister language") and where to look for
  /// their like.
  private static let siblings = [
    "BitOr": "BitAnd", "CGuid": "Guid", "CNum": "CStr", "CRef": "CStr", "Contains": "InStr",
    "ConvertFromBase64": "ConvertToBase64",
    "ConvertFromUTF8Hex": "ConvertToUTF8Hex", "DNComponent": "Word",
    "InStrRev": "InStr",
    "IsBitSet": "BitAnd", "IsDate": "CDate", "IsEmpty": "IsNullOrEmpty", "IsGuid": "IsString", "IsNumeric": "IsString",
    "ItemOrNull": "Item", "LCase": "ToLower", "LTrim": "StripSpaces", "PadLeft": "Append", "PadRight": "Append",
    "RTrim": "StripSpaces", "RandomNum": "RandomString", "ReplaceChars": "Replace", "Right": "Mid", "Select": "Split",
    "Trim": "StripSpaces", "UCase": "ToUpper", "Where": "RemoveDuplicates", "With": "IIF",
  ]

  /// The first of the names with the smallest distance.
  static func nearest(to name: String, in names: [String]) -> String? {
    let name = name.prefix(64)
    return names.min { distance(name, $0) < distance(name, $1) }
  }

  /// Edits that make one name of the other, letter case ignored (Levenshtein).
  private static func distance(_ left: some StringProtocol, _ right: some StringProtocol) -> Int {
    let left = Array(left.lowercased().unicodeScalars)
    let right = Array(right.lowercased().unicodeScalars)
    var row = Array(0...right.count)
    for (i, scalar) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let edits = min(diagonal + (scalar == other ? 0 : 1), row[j] + 1, row[j + 1] + 1)
        diagonal = row[j + 1]
        row[j + 1] = edits
      }
    }
    return row[right.count]
  }
}
