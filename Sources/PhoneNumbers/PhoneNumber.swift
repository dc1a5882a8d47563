/// A telephone number that was read from free text by libphonenumber
/// (docs/decisions/0018-libphonenumber.md, "Decision").
package struct PhoneNumber: Hashable, Sendable {
  /// Why a text gives no number.
  package enum Problem: Error, Hashable, Sendable {
    /// No telephone number, or one with words in it.
    case unreadable
    /// More than one number: which of them is meant is not for Rollcall to say.
    case several
    /// Written for callers of a country that is not known.
    case noCountry
    /// Too short or too long for its country, or for callers of one town only.
    case incomplete
  }

  /// `+` and digits, and `;ext=` with the extension, as xMatters takes it (docs/reference/xmatters-api.md, "Devices").
  package var e164: String
  /// The numbering plan of its country has such a number. Plans change faster than libraries: one that was written with its country code
  /// may exist all the same.
  package var isValid: Bool
  /// A fixed line, or a number of a service: text messages do not arrive.
  package var isVoiceOnly: Bool

  /// - Parameters:
  ///   - text: As written in the directory.
  ///   - home: The country whose way of writing a number without a country code is taken for, ISO 3166-1 alpha-2; without one no country is
  ///     guessed, as that would call a stranger.
  /// - Returns: From a cache, where the text was read before.
  /// - Throws: Nothing but what the text itself is to blame for.
  package static func read(_ text: String, home: Country? = nil) throws(Problem) -> PhoneNumber {
    try ReadingCache.shared.reading(of: text, home: home).get()
  }
}
