import Cryptography
package import JSON

/// A published RSA key of an identity provider's (RFC 7517).
package struct SigningKey: Hashable, Sendable {
  private static let limit = 50

  var modulus: [UInt8]
  var exponent: [UInt8]

  /// The keys of a set that verify signatures, by their ids; what else it holds is passed over.
  package static func all(in set: JSON) -> [String: SigningKey] {
    var keys: [String: SigningKey] = [:]
    guard let published = set["keys"] else { return keys }
    for key in published.elements.prefix(limit) {
      guard key["kty"]?.string == "RSA", key["use"]?.string ?? "sig" == "sig", key["alg"]?.string ?? "RS256" == "RS256",
        let id = key["kid"]?.string, let modulus = key["n"]?.string.flatMap({ Base64URL.decode($0) }),
        let exponent = key["e"]?.string.flatMap({ Base64URL.decode($0) })
      else { continue }
      keys[id] = SigningKey(modulus: modulus, exponent: exponent)
    }
    return keys
  }

  func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard let key = RSAPublicKey(modulus: modulus, exponent: exponent) else { return false }
    return key.isValid(signature, for: message, .pkcs1)
  }
}
