/// Comma-separated values (RFC 4180) that a spreadsheet takes for what they are.
package enum CSV {
  /// With the end of line.
  package static func line(_ cells: [String]) -> String {
    cells.map(cell).joined(separator: ",") + "\r\n"
  }

  /// Names come from outside: what a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV Injection"). That is so
  /// at the beginning, and behind whatever a spreadsheet may take for the end of a cell: which separator it takes is a setting of its own.
  private static func harmless(_ text: String) -> String {
    var harmless = String.UnicodeScalarView()
    var begins = true
    for (index, scalar) in text.unicodeScalars.enumerated() {
      let isBreak = ",;|\t\r\n\"\u{0B}\u{0C}\u{85}\u{2028}\u{2029}".unicodeScalars.contains(scalar)
      let isFormula = "=+-@＝＋－＠".unicodeScalars.contains(scalar)
      if begins && isFormula || index == 0 && "\t\r\n".unicodeScalars.contains(scalar) { harmless.append("'") }
      harmless.append(scalar)
      begins = isBreak || begins && scalar.properties.isWhitespace
    }
    return String(harmless)
  }

  private static func cell(_ text: String) -> String {
    let text = harmless(text)
    guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
