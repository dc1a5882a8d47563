import Glibc
import TestSupport
import Testing

@testable import Cryptography

@Suite("RSA keys and certificates of OpenSSL")
struct RSATests {
  private static let made = TestCertificate()
  private static let other = TestCertificate()
  private let message = Array("what is signed".utf8)

  @Test("a signature is the owner's, over this message, with this padding", arguments: [RSAPadding.pss, .pkcs1])
  func signature(padding: RSAPadding) throws {
    let made = Self.made
    let other = Self.other
    let message = message
    let signature = try #require(Self.sign(message, made.keyPEM, padding))
    #expect(signature.count == 256)
    #expect(verifies(signature, message, made, padding))
    #expect(!verifies(signature, message + [0], made, padding), "another message")
    #expect(!verifies(signature, message, other, padding), "another key")
    #expect(!verifies(signature, message, made, padding == .pss ? .pkcs1 : .pss), "another padding")
    #expect(!verifies(Array(signature.dropLast()), message, made, padding), "cut off")
    #expect(!verifies([], message, made, padding), "no signature")
  }

  private static func sign(_ message: [UInt8], _ pem: String, _ padding: RSAPadding) -> [UInt8]? {
    guard let key = RSAPrivateKey(pem: pem) else { return nil }
    return try? key.sign(message, padding)
  }

  private func verifies(
    _ signature: [UInt8], _ message: [UInt8], _ owner: TestCertificate, _ padding: RSAPadding
  ) -> Bool {
    guard let key = RSAPublicKey(modulus: owner.modulus, exponent: owner.exponent) else { return false }
    return key.isValid(signature, for: message, padding)
  }

  @Test("a published key of too few bits, or of none, is refused")
  func shortPublicKey() {
    #expect(!Self.isPublicKey(TestCertificate(bits: 1024).modulus, [1, 0, 1]))
    #expect(!Self.isPublicKey([], [1, 0, 1]))
    #expect(!Self.isPublicKey([UInt8](repeating: 0, count: 256), [1, 0, 1]))
    #expect(!Self.isPublicKey(Self.made.modulus, []))
  }

  @Test("text that is no RSA key in PEM is refused", arguments: ["", "nonsense", Self.made.certificatePEM])
  func noKey(pem: String) {
    #expect(!Self.isKey(pem))
  }

  @Test("a certificate tells its end, this century and after the year 2050", arguments: [86_400, 40 * 365 * 86_400])
  func end(life: Int) throws {
    let before = Self.now
    let end = try #require(Self.end(of: TestCertificate(life: life).der))
    #expect((before + Int64(life)...Self.now + Int64(life)).contains(end))
  }

  @Test("a certificate belongs to the key that is its own, and to no other")
  func belonging() {
    #expect(Self.belongs(Self.made.der, to: Self.made.keyPEM) == true)
    #expect(Self.belongs(Self.made.der, to: Self.other.keyPEM) == false)
  }

  @Test("bytes that are no certificate, cut off or longer than one, are refused")
  func noCertificate() {
    let der = Self.made.der
    #expect(!Self.isCertificate([]))
    #expect(!Self.isCertificate([0x30, 0x00]))
    #expect(!Self.isCertificate(Array(der.dropLast())))
    #expect(!Self.isCertificate(der + [0]))
  }

  private static func belongs(_ der: [UInt8], to pem: String) -> Bool? {
    guard let certificate = X509Certificate(der: der), let key = RSAPrivateKey(pem: pem) else { return nil }
    return certificate.belongs(to: key)
  }

  private static func end(of der: [UInt8]) -> Int64? {
    guard let certificate = X509Certificate(der: der) else { return nil }
    return certificate.notAfter
  }

  private static func isCertificate(_ der: [UInt8]) -> Bool {
    if X509Certificate(der: der) != nil { true } else { false }
  }

  private static func isKey(_ pem: String) -> Bool {
    if RSAPrivateKey(pem: pem) != nil { true } else { false }
  }

  private static func isPublicKey(_ modulus: [UInt8], _ exponent: [UInt8]) -> Bool {
    if RSAPublicKey(modulus: modulus, exponent: exponent) != nil { true } else { false }
  }

  private static var now: Int64 { Int64(time(nil)) }
}
