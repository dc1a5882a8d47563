/// .NET's replacement pattern: `$1`, `${name}`, `$$`, `$&`, `` $` ``, `$'`, `$+` and `$_`; what refers to no group is
/// literal.
struct ReplacementPattern: Sendable {
  private enum Piece {
    case literal([UInt16])
    case group(Int)
    case before, after, entire
  }

  private let pieces: [Piece]

  init(_ text: String, for expression: RegularExpression) {
    var pieces: [Piece] = []
    var rest = Substring(text)
    while let dollar = rest.firstIndex(of: "$") {
      pieces.append(.literal(Array(rest[..<dollar].utf16)))
      rest = rest[rest.index(after: dollar)...]
      pieces.append(Self.piece(&rest, for: expression))
    }
    self.pieces = pieces + [.literal(Array(rest.utf16))]
  }

  /// Reads what follows a dollar sign; leaves it there when it means nothing.
  private static func piece(_ rest: inout Substring, for expression: RegularExpression) -> Piece {
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
      if let end = rest.firstIndex(of: "}"), let group = expression.group(String(rest[..<end].dropFirst())) {
        rest = rest[rest.index(after: end)...]
        return .group(group)
      }
    default:
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      if !digits.isEmpty, let group = expression.group(String(digits)) {
        rest.removeFirst(digits.count)
        return .group(group)
      }
    }
    return .literal(Array("$".utf16))
  }

  private static func take(_ piece: Piece, _ rest: inout Substring) -> Piece {
    rest.removeFirst()
    return piece
  }

  /// Appends what stands for a match in `text`; a group that took no part is empty. Stops at the greatest length of a
  /// result.
  func append(to result: inout [UInt16], for match: RegularExpression.Match, in text: [UInt16]) {
    for piece in pieces where result.count <= Expression.maximumResultLength {
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
