import JSON
import ProvisioningModel

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a JWT says of itself. It is not checked: that is up to its issuer and its audience.
enum TokenClaims {
  /// Nil for a token that is no JWT.
  static func read(_ token: String) -> JSON? {
    let parts = token.split(separator: ".")
    guard parts.count == 3 else { return nil }
    let base64 = parts[1].replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - base64.count % 4) % 4)
    return Data(base64Encoded: base64 + padding).flatMap { try? JSON(parsing: Array($0)) }
  }

  /// The tenant that an access token is of. It tells one tenant from another where the configuration names it by a domain.
  static func tenant(of token: String) -> ObjectID? {
    guard let tenant = read(token)?["tid"]?.string.map({ ObjectID($0) }), tenant.isGUID else { return nil }
    return tenant
  }
}
