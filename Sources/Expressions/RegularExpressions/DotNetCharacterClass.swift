/// A character class of .NET, `[...]`, as an ICU set: ICU gives `[`, `&&` and `--` inside a class a meaning that .NET
/// does not.
struct DotNetCharacterClass {
  private let pattern: [Unicode.Scalar]
  private(set) var index: Int
  private let depth: Int
  private var members = ""
  private var subtracted: String?

  /// `index` is behind the opening bracket.
  init(_ pattern: [Unicode.Scalar], from index: Int, depth: Int = 0) {
    self.pattern = pattern
    self.index = index
    self.depth = depth
  }

  /// Reads to behind the closing bracket.
  mutating func translated() throws(DotNetPattern.Invalid) -> String {
    guard depth < 8 else { throw DotNetPattern.Invalid(reason: "character classes are nested too deep") }
    let isNegated = peek(0) == "^"
    if isNegated { index += 1 }
    var rangeStart: Unicode.Scalar?
    var isFirst = true
    while let scalar = peek(0) {
      index += 1
      if scalar == "]", !isFirst { return set(isNegated) }
      try read(scalar, &rangeStart, isFirst: isFirst)
      isFirst = false
    }
    throw DotNetPattern.Invalid(reason: "a character class [ is not closed")
  }

  private mutating func read(
    _ scalar: Unicode.Scalar, _ rangeStart: inout Unicode.Scalar?, isFirst: Bool
  ) throws(DotNetPattern.Invalid) {
    var character = scalar
    let isEscaped = scalar == "\\" && peek(0) != nil
    if isEscaped {
      var escape = DotNetEscape(pattern, from: index, isInClass: true)
      let meaning = try escape.read()
      index = escape.index
      switch meaning {
      case .character(let escaped): character = escaped
      case .set(let set):
        if rangeStart != nil { throw DotNetPattern.Invalid(reason: "a range in a character class ends with a class") }
        members += set
        return
      }
    }
    if let start = rangeStart {
      rangeStart = nil
      if character == "[", !isEscaped, !isFirst {
        members += DotNetEscape.literal(start)
        try subtract()
      } else {
        guard start <= character else {
          throw DotNetPattern.Invalid(reason: "a range in a character class is the wrong way round")
        }
        members += DotNetEscape.literal(start) + "-" + DotNetEscape.literal(character)
      }
    } else if peek(0) == "-", let end = peek(1), end != "]" {
      rangeStart = character
      index += 1
    } else if character == "-", !isEscaped, !isFirst, peek(0) == "[" {
      try subtract()
    } else {
      members += DotNetEscape.literal(character)
    }
  }

  /// `[a-z-[aeiou]]`; the inner class comes last.
  private mutating func subtract() throws(DotNetPattern.Invalid) {
    if peek(0) == "[" { index += 1 }
    var inner = DotNetCharacterClass(pattern, from: index, depth: depth + 1)
    subtracted = try inner.translated()
    index = inner.index
    guard peek(0) == "]" else {
      throw DotNetPattern.Invalid(reason: "a subtracted class must come last in its character class")
    }
  }

  private func set(_ isNegated: Bool) -> String {
    let set = "[\(isNegated ? "^" : "")\(members)]"
    return subtracted.map { "[\(set)--\($0)]" } ?? set
  }

  private func peek(_ distance: Int) -> Unicode.Scalar? {
    index + distance < pattern.count ? pattern[index + distance] : nil
  }
}
