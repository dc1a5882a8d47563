import Cryptography
import ProvisioningModel

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A private key and its certificate, as PEM.
struct ClientCertificate: ~Copyable {
  let key: RSAPrivateKey
  private let certificate: X509Certificate

  /// - Parameter pem: Both in any order; the certificates of a chain may stand beside them.
  /// - Throws: `ClientAssertion.Problem`.
  init(pem: String) throws(ClientAssertion.Problem) {
    let certificates = Self.blocks("CERTIFICATE", in: pem).compactMap { Data(base64Encoded: $0.base64) }
    guard !certificates.isEmpty else { throw .noCertificate }
    guard let keyBlock = (Self.blocks("PRIVATE KEY", in: pem) + Self.blocks("RSA PRIVATE KEY", in: pem)).first else {
      throw Self.blocks("ENCRYPTED PRIVATE KEY", in: pem).isEmpty ? .noPrivateKey : .encryptedKey
    }
    guard let key = RSAPrivateKey(pem: keyBlock.text), key.bits >= 2048 else { throw .unusableKey }
    for der in certificates {
      guard let certificate = X509Certificate(der: Array(der)), certificate.belongs(to: key) else { continue }
      self.key = key
      self.certificate = certificate
      return
    }
    throw .foreignKey
  }

  var der: [UInt8] { certificate.der }

  /// When the certificate ends; nil when the text holds none that its key belongs to.
  static func end(of pem: String) -> Timestamp? {
    guard let seconds = (try? ClientCertificate(pem: pem))?.certificate.notAfter else { return nil }
    return Timestamp(milliseconds: seconds * 1000)
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
