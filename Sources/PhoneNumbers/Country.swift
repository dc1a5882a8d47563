internal import CPhoneNumber

/// A country whose numbering plan libphonenumber knows.
package struct Country: Hashable, Sendable, CustomStringConvertible {
  /// ISO 3166-1 alpha-2, in upper case.
  package let code: String

  /// - Returns: Nil for what is no code of a country with a numbering plan of its own.
  package init?(_ code: String) {
    let code = code.uppercased()
    guard code.utf8.count == 2, phone_knows_region(code) else { return nil }
    self.code = code
  }

  package var description: String { code }
}
