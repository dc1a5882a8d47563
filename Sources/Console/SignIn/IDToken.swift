import Cryptography
import JSON

/// A provider's statement of who has signed in (OpenID Connect Core 1.0, section 3.1.3.7). Nothing of it counts before all is checked.
package struct IDToken: Sendable {
  package enum Problem: String, Error, Hashable, Sendable {
    case malformed, algorithm, unknownKey, signature, issuer, audience, tenant, nonce, expired, notYetValid
  }

  package struct Expectation: Hashable, Sendable {
    package var issuer: String
    /// The client id.
    package var audience: String
    package var tenantID: String
    package var nonce: String
    /// Seconds since 1970.
    package var now: Int64

    package init(issuer: String, audience: String, tenantID: String, nonce: String, now: Int64) {
      self.issuer = issuer
      self.audience = audience
      self.tenantID = tenantID
      self.nonce = nonce
      self.now = now
    }
  }

  /// So far the clocks may differ, in seconds.
  private static let skew: Int64 = 120
  private static let maxBytes = 32 << 10

  /// The key that it says it is signed with.
  package let keyID: String
  private let signed: [UInt8]
  private let signature: [UInt8]
  private let claims: JSON

  /// - Throws: `malformed`, or `algorithm` for anything but RS256: what a token says of its own verification is not followed.
  package init(_ text: String) throws(Problem) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard text.utf8.count <= Self.maxBytes, parts.count == 3, let header = Self.object(parts[0]) else {
      throw .malformed
    }
    guard header["alg"]?.string == "RS256" else { throw .algorithm }
    guard header["crit"] == nil, let keyID = header["kid"]?.string, let claims = Self.object(parts[1]),
      let signature = Base64URL.decode(parts[2])
    else { throw .malformed }
    self.keyID = keyID
    self.claims = claims
    self.signature = signature
    signed = Array("\(parts[0]).\(parts[1])".utf8)
  }

  /// - Parameter key: The published one of its id; nil when there is none.
  /// - Returns: Whose it is, once signature, issuer, audience, tenant, nonce and time are right.
  package func account(_ key: SigningKey?, _ expected: Expectation) throws(Problem) -> Account {
    guard let key else { throw .unknownKey }
    guard key.isSignature(signature, of: signed) else { throw .signature }
    guard claims["iss"]?.string == expected.issuer else { throw .issuer }
    guard claims["aud"]?.string == expected.audience else { throw .audience }
    guard claims["tid"]?.string?.lowercased() == expected.tenantID.lowercased() else { throw .tenant }
    guard claims["nonce"]?.string == expected.nonce else { throw .nonce }
    guard let end = claims["exp"]?.integer, expected.now < end.addingSkew(Self.skew) else { throw .expired }
    let start = max(claims["nbf"]?.integer ?? 0, claims["iat"]?.integer ?? 0)
    guard expected.now.addingSkew(Self.skew) >= start else { throw .notYetValid }
    guard let id = (claims["oid"] ?? claims["sub"])?.string, !id.isEmpty else { throw .malformed }
    let name = [claims["preferred_username"], claims["name"]].compactMap { $0?.string }.first { !$0.isEmpty }
    return Account(
      name: String((name ?? id).prefix(200)), objectID: id,
      roles: Set(claims["roles"]?.elements.compactMap(\.string) ?? []))
  }

  private static func object(_ part: Substring) -> JSON? {
    guard let bytes = Base64URL.decode(part), let json = try? JSON(parsingAnyNumbers: bytes), json.kind == .object
    else {
      return nil
    }
    return json
  }
}

/// Who has signed in at the provider.
package struct Account: Hashable, Sendable {
  /// The sign-in name.
  package var name: String
  package var objectID: String
  /// The values of the app roles that the account has.
  package var roles: Set<String>
}

extension Int64 {
  /// Saturates: a token may hold any number.
  fileprivate func addingSkew(_ seconds: Int64) -> Int64 {
    let (sum, isOver) = addingReportingOverflow(seconds)
    return isOver ? (self > 0 ? .max : .min) : sum
  }
}
