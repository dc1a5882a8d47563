import Cryptography

/// What a browser carries from the beginning of a sign-in to its end: state against foreign answers, nonce against foreign tokens, and the
/// verifier of the code (RFC 7636).
package struct SignInTicket: Hashable, Sendable {
  /// From beginning to end, in seconds.
  package static let lifetime: Int64 = 600

  package let state: String
  package let nonce: String
  package let verifier: String
  /// Seconds since 1970.
  package let issued: Int64

  package init(now: Int64) {
    state = Self.random()
    nonce = Self.random()
    verifier = Self.random()
    issued = now
  }

  /// Nil when the text is no cookie of ours.
  package init?(cookie: String) {
    let parts = cookie.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, let issued = Int64(parts[0]), parts[1...].allSatisfy({ $0.utf8.count == 43 }) else {
      return nil
    }
    self.issued = issued
    (state, nonce, verifier) = (parts[1], parts[2], parts[3])
  }

  package var cookie: String { "\(issued).\(state).\(nonce).\(verifier)" }

  /// The SHA-256 of the verifier, which is all that the provider sees before the end.
  package var challenge: String { Base64URL.encode(SHA256.hash(Array(verifier.utf8))) }

  package func isAlive(now: Int64) -> Bool { (0..<Self.lifetime).contains(now - issued) }

  /// 256 bits as 43 characters.
  private static func random() -> String {
    var generator = SystemRandomNumberGenerator()
    return Base64URL.encode((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }
}
