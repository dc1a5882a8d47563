/// Finds the token of Graph's validation request (docs/reference/microsoft-graph.md, "Validation requests") in a raw query.
enum ValidationQuery {
  enum Token: Hashable {
    case valid(String)
    case invalid
  }

  /// In characters, decoded.
  static let maxLength = 2048

  /// Nil when the query has no `validationToken`.
  static func token(in query: String) -> Token? {
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts[0] == "validationToken" else { continue }
      guard parts.count == 2, parts[1].utf8.count <= 12 * maxLength, let text = FormText.decoded(parts[1]),
        !text.isEmpty, text.unicodeScalars.count <= maxLength
      else { return .invalid }
      return .valid(text)
    }
    return nil
  }
}
