/// The part of the port to what outlives the process that keeps which languages xMatters has refused.
package protocol LanguageState: Sendable {
  /// When each code was last refused, as xMatters spells codes.
  func refusedLanguages() async throws(Failure) -> [String: Timestamp]
  /// Adds codes, or takes their times anew.
  func refuse(languages: [String: Timestamp]) async throws(Failure)
}
