/// Who has signed in at the console.
package struct Session: Hashable, Sendable {
  /// What lets the session last.
  package enum Proof: Hashable, Sendable {
    /// The SHA-256 of a token: the session ends with it.
    case token([UInt8])
    /// An account of the directory.
    case account
  }

  /// Whether orders are taken.
  package var mayOrder: Bool
  /// The name of the token or of the account, for the audit log.
  package var name: String
  package var proof: Proof

  package init(mayOrder: Bool, name: String, proof: Proof) {
    self.mayOrder = mayOrder
    self.name = name
    self.proof = proof
  }
}
