import Cryptography
import JSON

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A signed statement of who the client is, in place of a secret (docs/reference/microsoft-graph.md, "Client assertions").
package enum ClientAssertion {
  package enum Problem: Error, Equatable, CustomStringConvertible {
    case noCertificate, noPrivateKey, encryptedKey, unusableKey, foreignKey

    package var description: String {
      switch self {
      case .noCertificate: "the PEM has no CERTIFICATE block"
      case .noPrivateKey: "the PEM has no PRIVATE KEY block"
      case .encryptedKey: "the private key is encrypted: store it without a passphrase"
      case .unusableKey: "the private key is not an RSA key of 2048 bits or more"
      case .foreignKey: "the private key belongs to none of the certificates in the PEM"
      }
    }
  }

  /// PS256 over a header with `x5t#S256` and claims for nine minutes.
  /// - Parameters:
  ///   - pem: A private key and its certificate, in any order; the certificates of a chain may stand beside it.
  ///   - audience: The exact address of the token endpoint.
  ///   - now: Seconds since 1970.
  package static func make(pem: String, audience: String, clientID: String, now: Int64) throws -> String {
    let certificate = try ClientCertificate(pem: pem)
    let header: JSONValue = [
      "alg": "PS256", "typ": "JWT", "x5t#S256": .string(Base64URL.encode(SHA256.hash(certificate.der))),
    ]
    let claims: JSONValue = [
      "aud": .string(audience), "iss": .string(clientID), "sub": .string(clientID), "jti": .string(UUID().uuidString),
      "nbf": .integer(now - 60), "iat": .integer(now), "exp": .integer(now + 540),
    ]
    let signed = Base64URL.encode(header.serialized()) + "." + Base64URL.encode(claims.serialized())
    return signed + "." + Base64URL.encode(try certificate.key.sign(Array(signed.utf8), .pss))
  }
}
