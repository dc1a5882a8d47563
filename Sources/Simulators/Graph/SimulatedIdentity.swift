/// The accounts and keys of the simulated identity provider, and how it lies.
struct SimulatedIdentity: Sendable {
  /// What is wrong with the tokens that it gives out.
  enum Lie: String, Sendable, CaseIterable {
    case wrongSignature, algorithmNone, otherIssuer, otherAudience, otherTenant, otherNonce, expired, unknownKey
  }

  struct Account: Sendable {
    var name: String
    var userPrincipalName: String
    var objectID: String
    var roles: [String]
  }

  /// What a code was given out for. It is good for one use.
  struct Grant: Sendable {
    var account: Account
    var clientID: String
    var redirectURL: String
    var nonce: String
    var challenge: String
  }

  static let accounts = [
    Account(
      name: "Olu Operator", userPrincipalName: "olu.operator@contoso.example",
      objectID: "aaaaaaaa-0000-4000-8000-000000000001", roles: ["Rollcall.Operator"]),
    Account(
      name: "Rita Reader", userPrincipalName: "rita.reader@contoso.example",
      objectID: "aaaaaaaa-0000-4000-8000-000000000002", roles: ["Rollcall.Reader"]),
    Account(
      name: "Nora Norole", userPrincipalName: "nora.norole@contoso.example",
      objectID: "aaaaaaaa-0000-4000-8000-000000000003", roles: []),
  ]

  /// The next key at a rotation; the id is its number.
  var keyNumber = 1
  var grants: [String: Grant] = [:]
  var lie: Lie?
  /// The sign-in name of who is signed in at the provider already; nil asks.
  var account: String?
}
