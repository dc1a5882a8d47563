import Testing

@testable import Cryptography

@Suite("SHA-256")
struct SHA256Tests {
  /// FIPS 180-2, appendix B.
  @Test(
    "gives the published digests",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func published(text: String, hex: String) {
    let digits = SHA256.hash(Array(text.utf8)).map { String($0, radix: 16) }
    #expect(digits.map { $0.count == 1 ? "0" + $0 : $0 }.joined() == hex)
  }
}
