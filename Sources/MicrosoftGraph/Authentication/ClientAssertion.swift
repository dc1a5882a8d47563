import Crypto
import CryptoExtras
import JSON

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A signed statement of who the client is, in place of a secret (Graph reference, section 11.2).
package enum ClientAssertion {
  package enum Problem: Error, Equatable, CustomStringConvertible {
    case noCertificate, noPrivateKey, unusableKey

    package var description: String {
      switch self {
      case .noCertificate: "the PEM has no CERTIFICATE block"
      case .noPrivateKey: "the PEM has no PRIVATE KEY block"
      case .unusableKey: "the private key is not an RSA key of 2048 bits or more"
      }
    }
  }

  /// PS256 over a header with `x5t#S256` and claims for ten minutes.
  /// - Parameters:
  ///   - audience: The exact address of the token endpoint.
  ///   - now: Seconds since 1970.
  package static func make(pem: String, audience: String, clientID: String, now: Int64) throws -> String {
    guard let certificate = block(["CERTIFICATE"], in: pem), let der = Data(base64Encoded: certificate.base64) else {
      throw Problem.noCertificate
    }
    guard let keyBlock = block(["PRIVATE KEY", "RSA PRIVATE KEY"], in: pem) else { throw Problem.noPrivateKey }
    guard let key = try? _RSA.Signing.PrivateKey(pemRepresentation: keyBlock.text) else { throw Problem.unusableKey }
    let header: JSONValue = [
      "alg": "PS256", "typ": "JWT", "x5t#S256": .string(base64URL(Data(SHA256.hash(data: der)))),
    ]
    let claims: JSONValue = [
      "aud": .string(audience), "iss": .string(clientID), "sub": .string(clientID), "jti": .string(UUID().uuidString),
      "nbf": .integer(now - 60), "iat": .integer(now), "exp": .integer(now + 540),
    ]
    let signed = base64URL(Data(header.serialized())) + "." + base64URL(Data(claims.serialized()))
    let signature = try key.signature(for: Data(signed.utf8), padding: .PSS)
    return signed + "." + base64URL(signature.rawRepresentation)
  }

  private static func block(_ labels: [String], in pem: String) -> (text: String, base64: String)? {
    for label in labels {
      let begin = "-----BEGIN \(label)-----"
      let end = "-----END \(label)-----"
      guard let start = pem.firstRange(of: begin),
        let stop = pem[start.upperBound...].firstRange(of: end)
      else { continue }
      let body = pem[start.upperBound..<stop.lowerBound].filter { !$0.isWhitespace && !$0.isNewline }
      return (String(pem[start.lowerBound..<stop.upperBound]), body)
    }
    return nil
  }

  private static func base64URL(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}
