/// A date format of .NET: a custom one such as `yyyy-MM-dd HH:mm`, or one standard letter, which is short for a custom
/// one.
struct DateFormat: Sendable {
  struct Invalid: Error {
    var reason: String
  }

  enum Element: Sendable, Hashable {
    case year(Int), month(Int), day(Int)
    case hour24(Int), hour12(Int), minute(Int), second(Int)
    /// `f`, or `F`, which writes no trailing zeros.
    case fraction(Int, isOptional: Bool)
    case designator(Int)
    /// `z`, `zz`, `zzz`.
    case offset(Int)
    /// `K`.
    case zone
    case era
    case literal(Unicode.Scalar)
  }

  private(set) var elements: [Element] = []

  init(_ format: String) throws(Invalid) {
    var rest = Substring(format.utf8.count == 1 ? Self.standard[format] ?? format : format).unicodeScalars
    guard !rest.isEmpty else { throw Invalid(reason: "it is empty") }
    while let scalar = rest.popFirst() {
      switch scalar {
      case "%": if rest.isEmpty || rest.first == "%" { throw Invalid(reason: "% stands alone") }
      case "\\":
        guard let escaped = rest.popFirst() else { throw Invalid(reason: "it ends with a backslash") }
        elements.append(.literal(escaped))
      case "'", "\"":
        guard let end = rest.firstIndex(of: scalar) else { throw Invalid(reason: "a quote is not closed") }
        elements += rest[..<end].map { .literal($0) }
        rest = rest[rest.index(after: end)...]
      default:
        var count = 1
        while Self.letters.contains(scalar), rest.first == scalar {
          count += 1
          rest.removeFirst()
        }
        elements.append(try Self.element(scalar, count))
      }
    }
  }

  private static let letters = Set("yMdHhmsfFtzg".unicodeScalars)

  private static func element(_ letter: Unicode.Scalar, _ count: Int) throws(Invalid) -> Element {
    guard count <= 9, count <= 7 || (letter != "f" && letter != "F") else {
      throw Invalid(reason: "\(letter) is repeated too often")
    }
    return switch letter {
    case "y": .year(count)
    case "M": .month(count)
    case "d": .day(count)
    case "H": .hour24(count)
    case "h": .hour12(count)
    case "m": .minute(count)
    case "s": .second(count)
    case "f": .fraction(count, isOptional: false)
    case "F": .fraction(count, isOptional: true)
    case "t": .designator(count)
    case "z": .offset(min(count, 3))
    case "K": .zone
    case "g": .era
    default: .literal(letter)
    }
  }

  /// In the culture en-US, which the service's own date texts show.
  private static let standard = [
    "d": "M/d/yyyy", "D": "dddd, MMMM d, yyyy", "f": "dddd, MMMM d, yyyy h:mm tt", "F": "dddd, MMMM d, yyyy h:mm:ss tt",
    "g": "M/d/yyyy h:mm tt", "G": "M/d/yyyy h:mm:ss tt", "M": "MMMM d", "m": "MMMM d",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK", "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'", "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "s": "yyyy-MM-ddTHH:mm:ss", "t": "h:mm tt", "T": "h:mm:ss tt", "u": "yyyy-MM-dd HH:mm:ssZ",
    "U": "dddd, MMMM d, yyyy h:mm:ss tt", "Y": "MMMM yyyy", "y": "MMMM yyyy",
  ]
}
