/// .NET's replacement pattern: `$1`, `${name}`, `$$`, `$&`, `` $` ``, `$'`, `$+` and `$_`; what refers to no group is
/// literal.
struct ReplacementPattern: Sendable {
  private enum Piece {
    case literal([UInt16])
    case group(Int)
    case before, after, entire
  }

  /// A name of a group that is longer is not looked for.
  private static let longestName = 100

  private let pieces: [Piece]
  var count: Int { pieces.count }

  init(_ text: String, for expression: RegularExpression) {
    var pieces: [Piece] = []
    var rest = Substring(text).unicodeScalars
    while let dollar = rest.firstIndex(of: "$") {
      pieces.append(.literal(Array(Substring(rest[..<dollar]).utf16)))
      rest = rest[rest.index(after: dollar)...]
      pieces.append(Self.piece(&rest, for: expression))
    }
    self.pieces = pieces + [.literal(Array(Substring(rest).utf16))]
  }

  /// Reads what follows a dollar sign; leaves it there when it means nothing.
  private static func piece(_ rest: inout Substring.UnicodeScalarView, for expression: RegularExpression) -> Piece {
    switch rest.first {
    case "$":
      rest.removeFirst()
      return .literal(Array("$".utf16))
    case "&": return take(.group(0), &rest)
    case "`": return take(.before, &rest)
    case "'": return take(.after, &rest)
    case "_": return take(.entire, &rest)
    case "+": return take(.group(expression.lastGroup), &rest)
    case "{":
      let name = rest.dropFirst().prefix(longestName).prefix { $0 != "}" }
      if rest[name.endIndex...].first == "}", let group = expression.group(String(name)) {
        rest = rest[rest.index(after: name.endIndex)...]
        return .group(group)
      }
    default:
      let digits = rest.prefix { $0.isASCIIDigit }
      if !digits.isEmpty, let group = expression.group(String(digits)) {
        rest.removeFirst(digits.count)
        return .group(group)
      }
    }
    return .literal(Array("$".utf16))
  }

  private static func take(_ piece: Piece, _ rest: inout Substring.UnicodeScalarView) -> Piece {
    rest.removeFirst()
    return piece
  }

  /// Appends what stands for a match in `text`; a group that took no part is empty. Stops when the result is longer than the limit.
  func append(to result: inout [UInt16], for match: RegularExpression.Match, in text: [UInt16], atMost limit: Int) {
    for piece in pieces {
      if result.count > limit { return }
      switch piece {
      case .literal(let literal): result += literal
      case .group(let number): if let range = match.ranges[number] { result += text[range] }
      case .before: result += text[..<match.whole.lowerBound]
      case .after: result += text[match.whole.upperBound...]
      case .entire: result += text
      }
    }
  }
}
