/// .NET's DateTimeStyles. Zones need none of them: the service's clock is UTC, and a text without an offset is UTC
/// (docs/reference/expressions.md, "FormatDateTime").
struct DateStyles: OptionSet, Sendable {
  let rawValue: Int

  static let leadingWhite = DateStyles(rawValue: 1)
  static let trailingWhite = DateStyles(rawValue: 2)
  static let innerWhite = DateStyles(rawValue: 4)
  static let noCurrentDate = DateStyles(rawValue: 8)

  static let standard: DateStyles = [.leadingWhite, .trailingWhite]

  static let names: [(name: String, style: DateStyles)] = [
    ("None", []), ("AllowLeadingWhite", .leadingWhite), ("AllowTrailingWhite", .trailingWhite),
    ("AllowInnerWhite", .innerWhite),
    ("AllowWhiteSpaces", [.leadingWhite, .trailingWhite, .innerWhite]), ("NoCurrentDateDefault", .noCurrentDate),
    ("AdjustToUniversal", []), ("AssumeLocal", []), ("AssumeUniversal", []), ("RoundtripKind", []),
  ]

  init(rawValue: Int) {
    self.rawValue = rawValue
  }

  /// From names with commas between; nil when one is unknown.
  init?(_ text: String) {
    self = []
    for part in text.unicodeScalars.split(separator: ",") {
      let name = String(part).trimmed
      guard let known = Self.names.first(where: { $0.name.isOrdinallyEqual(to: name) }) else { return nil }
      formUnion(known.style)
    }
  }
}
