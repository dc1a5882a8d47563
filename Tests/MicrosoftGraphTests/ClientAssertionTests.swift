import Crypto
import CryptoExtras
import Foundation
import JSON
import Testing

@testable import MicrosoftGraph

@Suite("The assertion that a certificate signs")
struct ClientAssertionTests {
  private static let key = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

  /// Not a whole certificate, but what is looked at: bytes with a public key among them.
  private static func certificate(_ key: _RSA.Signing.PrivateKey) -> Data {
    Data([0x30, 0x82, 0x01]) + key.publicKey.pkcs1DERRepresentation + Data([0xA3, 0x01])
  }

  private static func pem(_ certificate: Data) -> String {
    "-----BEGIN CERTIFICATE-----\n\(certificate.base64EncodedString(options: .lineLength64Characters))\n"
      + "-----END CERTIFICATE-----\n"
  }

  private static func decoded(_ text: Substring) throws -> Data {
    let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
    return try #require(Data(base64Encoded: base64 + String(repeating: "=", count: (4 - base64.count % 4) % 4)))
  }

  @Test("It is signed with PS256, names the certificate by its SHA-256 and says all that Entra asks for")
  func assertion() throws {
    let key = try Self.key.get()
    let certificate = Self.certificate(key)
    let foreign = Self.pem(Data([0x30, 0x00]))
    let jwt = try ClientAssertion.make(
      pem: foreign + key.pemRepresentation + "\n" + Self.pem(certificate),
      audience: "https://login/t/oauth2/v2.0/token",
      clientID: "client", now: 1_000_000)
    let parts = jwt.split(separator: ".")
    try #require(parts.count == 3)
    #expect(!jwt.contains("="), "unpadded")
    let header = try JSON(parsing: Array(try Self.decoded(parts[0])))
    #expect(header["alg"]?.string == "PS256")
    #expect(header["typ"]?.string == "JWT")
    let thumbprint = try Self.decoded(Substring(header["x5t#S256"]?.string ?? ""))
    #expect(thumbprint == Data(SHA256.hash(data: certificate)))

    let claims = try JSON(parsing: Array(try Self.decoded(parts[1])))
    #expect(claims["aud"]?.string == "https://login/t/oauth2/v2.0/token")
    #expect(claims["iss"]?.string == "client")
    #expect(claims["sub"]?.string == "client")
    #expect(claims["iat"]?.integer == 1_000_000)
    #expect(try #require(claims["nbf"]?.integer) <= 1_000_000)
    #expect((300...600).contains(try #require(claims["exp"]?.integer) - 1_000_000))
    #expect(UUID(uuidString: claims["jti"]?.string ?? "") != nil)

    let signature = _RSA.Signing.RSASignature(rawRepresentation: try Self.decoded(parts[2]))
    let signed = Data("\(parts[0]).\(parts[1])".utf8)
    #expect(key.publicKey.isValidSignature(signature, for: signed, padding: .PSS))
    #expect(!key.publicKey.isValidSignature(signature, for: signed + [0], padding: .PSS))
  }

  @Test("No two assertions are alike")
  func uniqueness() throws {
    let key = try Self.key.get()
    let pem = key.pemRepresentation + "\n" + Self.pem(Self.certificate(key))
    let made = try (0..<2).map { _ in try ClientAssertion.make(pem: pem, audience: "a", clientID: "c", now: 0) }
    #expect(made[0] != made[1])
  }

  @Test(
    "A PEM that will not do says what is wrong with it",
    arguments: [
      ("", .noCertificate), ("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----", .noPrivateKey),
      (
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
          + "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----", .encryptedKey
      ),
      (
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
          + "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----", .unusableKey
      ),
    ] as [(String, ClientAssertion.Problem)])
  func problems(pem: String, problem: ClientAssertion.Problem) {
    #expect(throws: problem) { try ClientAssertion.make(pem: pem, audience: "a", clientID: "c", now: 0) }
  }

  @Test("A key that belongs to another certificate is told before Entra refuses it")
  func foreignKey() throws {
    let pem = try Self.key.get().pemRepresentation + "\n" + Self.pem(Data([0x30, 0x00]))
    #expect(throws: ClientAssertion.Problem.foreignKey) {
      try ClientAssertion.make(pem: pem, audience: "a", clientID: "c", now: 0)
    }
  }
}
