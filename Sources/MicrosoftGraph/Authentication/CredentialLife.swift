import JSON
package import ProvisioningModel

/// How long a credential is good for.
package struct CredentialLife: Hashable, Sendable {
  package var end: Timestamp
  /// Of one that is replaced automatically, such as a Kubernetes service account's token: how long each lasts.
  package var whole: Duration?

  package init(end: Timestamp, whole: Duration? = nil) {
    self.end = end
    self.whole = whole
  }
}

extension ClientCredential {
  /// Nil when it cannot be told: a secret says nothing, and neither does a file that cannot be read.
  package func life() async -> CredentialLife? {
    switch self {
    case .secret: nil
    case .certificate(let load):
      (try? await load()).flatMap(ClientCertificate.end(of:)).map { CredentialLife(end: $0) }
    case .federatedToken(let load):
      (try? await load()).flatMap(Self.life(ofToken:))
    }
  }

  static func life(ofToken token: String) -> CredentialLife? {
    guard let claims = TokenClaims.read(token), let end = claims["exp"]?.double, end > 0, end < 1e11 else { return nil }
    let whole = (claims["iat"]?.double).map { Duration.seconds(Int64(max(0, end - $0))) }
    return CredentialLife(end: Timestamp(milliseconds: Int64(end * 1000)), whole: whole)
  }
}
