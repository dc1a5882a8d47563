/// One key of the effective configuration, secrets masked.
package struct ConfigurationValue: Hashable, Sendable {
  package enum Origin: String, Hashable, Sendable, CaseIterable {
    case file, environment
    case fallback = "default"
  }

  package var key: String
  /// As text; a list is joined by commas.
  package var value: String
  package var origin: Origin
}
