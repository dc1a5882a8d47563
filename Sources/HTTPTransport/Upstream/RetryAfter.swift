/// The value of a `Retry-After` header: whole seconds, seconds with a fraction (Graph sends those), or an HTTP date.
package enum RetryAfter {
  /// No matter what is asked for, no caller waits longer than this without looking again.
  package static let cap = Duration.seconds(3600)

  /// - Parameter now: Seconds since 1970, to hold a date against.
  /// - Returns: Nil for what is none of these; zero for a moment that has passed.
  package static func parse(_ text: String, now: Int64) -> Duration? {
    let text = text.filter { $0 != "\t" }.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    if let first = text.first, first.isASCII, first.isNumber || first == "." {
      guard text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let seconds = Double(text), seconds.isFinite
      else { return nil }
      return min(.milliseconds(Int64((min(seconds, 1e9) * 1000).rounded(.up))), cap)
    }
    guard let moment = HTTPDate.parse(text) else { return nil }
    return min(.seconds(max(0, moment - now)), cap)
  }
}
