/// Text that a terminal shows as it is. Names come from outside: a line break in one forges a line, an escape sequence or a bidirectional
/// control rewrites what stands beside it ("Trojan Source", CVE-2021-42574).
extension String {
  /// With every control written out, as `\u{1B}`: one line, whatever was in it.
  package var printable: String {
    guard unicodeScalars.contains(where: \.isCommand) else { return self }
    return unicodeScalars.map { scalar in
      scalar.isCommand ? "\\u{\(String(scalar.value, radix: 16, uppercase: true))}" : String(scalar)
    }.joined()
  }

  /// As `printable`, for text of several lines of our own.
  package var printableLines: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\n")
  }
}

extension Unicode.Scalar {
  /// Whether a terminal acts on it rather than show it.
  fileprivate var isCommand: Bool {
    switch properties.generalCategory {
    // C0, DEL and C1; U+2028 and U+2029.
    case .control, .lineSeparator, .paragraphSeparator: return true
    default: break
    }
    return switch value {
    // Marks, embeddings, overrides and isolates of direction.
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
