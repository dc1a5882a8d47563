import CryptoExtras
import Provisioning
import SwiftASN1

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A private key and its certificate, as PEM.
struct ClientCertificate {
  let key: _RSA.Signing.PrivateKey
  let der: Data

  /// - Parameter pem: Both in any order; the certificates of a chain may stand beside them.
  /// - Throws: `ClientAssertion.Problem`.
  init(pem: String) throws(ClientAssertion.Problem) {
    let certificates = Self.blocks("CERTIFICATE", in: pem).compactMap { Data(base64Encoded: $0.base64) }
    guard !certificates.isEmpty else { throw .noCertificate }
    guard let keyBlock = (Self.blocks("PRIVATE KEY", in: pem) + Self.blocks("RSA PRIVATE KEY", in: pem)).first else {
      throw Self.blocks("ENCRYPTED PRIVATE KEY", in: pem).isEmpty ? .noPrivateKey : .encryptedKey
    }
    guard let key = try? _RSA.Signing.PrivateKey(pemRepresentation: keyBlock.text), key.keySizeInBits >= 2048 else {
      throw .unusableKey
    }
    // A certificate holds its public key's encoding as it stands.
    let publicKey = key.publicKey.pkcs1DERRepresentation
    guard let der = certificates.first(where: { $0.firstRange(of: publicKey) != nil }) else { throw .foreignKey }
    self.key = key
    self.der = der
  }

  /// When the certificate ends; nil when it cannot be read.
  var notAfter: Timestamp? {
    try? Self.notAfter(try DER.parse(Array(der)))
  }

  /// The second time of the validity, the fifth field of what is signed (RFC 5280, section 4.1); the version in front is optional.
  private static func notAfter(_ certificate: ASN1Node) throws -> Timestamp? {
    try fields(certificate) { fields in
      guard let signed = fields.first else { return nil }
      return try Self.fields(signed) { fields in
        let offset = fields.first?.identifier.tagClass == .contextSpecific ? 1 : 0
        guard fields.count > offset + 3 else { return nil }
        return try Self.fields(fields[offset + 3]) { times in
          guard times.count == 2 else { return nil }
          return try time(times[1])
        }
      }
    }
  }

  private static func fields<Value>(_ node: ASN1Node, _ body: ([ASN1Node]) throws -> Value) throws -> Value {
    try DER.sequence(node, identifier: .sequence) { nodes in
      var fields: [ASN1Node] = []
      while let field = nodes.next() { fields.append(field) }
      return try body(fields)
    }
  }

  private static func time(_ node: ASN1Node) throws -> Timestamp? {
    if node.identifier == .utcTime {
      let time = try UTCTime(derEncoded: node)
      return timestamp(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
    }
    let time = try GeneralizedTime(derEncoded: node)
    return timestamp(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
  }

  private static func timestamp(
    _ year: Int, _ month: Int, _ day: Int, _ hours: Int, _ minutes: Int, _ seconds: Int
  ) -> Timestamp? {
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return Timestamp(
      "\(year)-\(padded(month))-\(padded(day))T\(padded(hours)):\(padded(minutes)):\(padded(seconds))Z")
  }

  private static func blocks(_ label: String, in pem: String) -> [(text: String, base64: String)] {
    var blocks: [(text: String, base64: String)] = []
    var rest = pem[...]
    while let begin = rest.firstRange(of: "-----BEGIN \(label)-----"),
      let end = rest[begin.upperBound...].firstRange(of: "-----END \(label)-----")
    {
      let body = rest[begin.upperBound..<end.lowerBound].filter { !$0.isWhitespace }
      blocks.append((String(rest[begin.lowerBound..<end.upperBound]), body))
      rest = rest[end.upperBound...]
    }
    return blocks
  }
}
