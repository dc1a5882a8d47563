import Cryptography
import Foundation
import JSON
import TestSupport
import Testing

@testable import MicrosoftGraph

@Suite("The assertion that a certificate signs")
struct ClientAssertionTests {
  private static let made = TestCertificate()
  private static let other = TestCertificate()

  private static func decoded(_ text: Substring) throws -> Data {
    let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
    return try #require(Data(base64Encoded: base64 + String(repeating: "=", count: (4 - base64.count % 4) % 4)))
  }

  @Test("It is signed with PS256, names the certificate by its SHA-256 and says all that Entra asks for")
  func assertion() throws {
    let made = Self.made
    let jwt = try ClientAssertion.make(
      pem: Self.other.certificatePEM + made.keyPEM + made.certificatePEM,
      audience: "https://login/t/oauth2/v2.0/token", clientID: "client", now: 1_000_000)
    let parts = jwt.split(separator: ".")
    try #require(parts.count == 3)
    #expect(!jwt.contains("="), "unpadded")
    let header = try JSON(parsing: Array(try Self.decoded(parts[0])))
    #expect(header["alg"]?.string == "PS256")
    #expect(header["typ"]?.string == "JWT")
    let thumbprint = try Self.decoded(Substring(header["x5t#S256"]?.string ?? ""))
    #expect(thumbprint == Data(SHA256.hash(made.der)))

    let claims = try JSON(parsing: Array(try Self.decoded(parts[1])))
    #expect(claims["aud"]?.string == "https://login/t/oauth2/v2.0/token")
    #expect(claims["iss"]?.string == "client")
    #expect(claims["sub"]?.string == "client")
    #expect(claims["iat"]?.integer == 1_000_000)
    #expect(try #require(claims["nbf"]?.integer) <= 1_000_000)
    #expect((300...600).contains(try #require(claims["exp"]?.integer) - 1_000_000))
    #expect(UUID(uuidString: claims["jti"]?.string ?? "") != nil)

    let signature = Array(try Self.decoded(parts[2]))
    let signed = Array("\(parts[0]).\(parts[1])".utf8)
    #expect(Self.isSigned(signed, by: made, signature))
    #expect(!Self.isSigned(signed + [0], by: made, signature))
  }

  private static func isSigned(_ message: [UInt8], by owner: TestCertificate, _ signature: [UInt8]) -> Bool {
    guard let key = RSAPublicKey(modulus: owner.modulus, exponent: owner.exponent) else { return false }
    return key.isValid(signature, for: message, .pss)
  }

  @Test("No two assertions are alike")
  func uniqueness() throws {
    let pem = Self.made.keyPEM + Self.made.certificatePEM
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
  func foreignKey() {
    let pem = Self.made.keyPEM + Self.other.certificatePEM
    #expect(throws: ClientAssertion.Problem.foreignKey) {
      try ClientAssertion.make(pem: pem, audience: "a", clientID: "c", now: 0)
    }
  }
}
