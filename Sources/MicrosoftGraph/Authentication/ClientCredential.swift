import ProvisioningModel

/// How the service signs in to Entra ID. Secrets come through closures, as their files may change while the service runs.
package enum ClientCredential: Sendable {
  case secret(@Sendable () async throws -> String)
  /// PEM with a private key and its certificate.
  case certificate(@Sendable () async throws -> String)
  /// A token of another identity provider, such as a Kubernetes service account's.
  case federatedToken(@Sendable () async throws -> String)

  /// What goes into the form of a request for a token.
  /// - Parameters:
  ///   - audience: The address of the token endpoint.
  ///   - now: For an assertion that is made of a certificate.
  func fields(audience: String, clientID: String, now: Timestamp) async throws(Failure) -> [(String, String)] {
    do {
      switch self {
      case .secret(let load):
        return [("client_secret", Self.trimmed(try await load()))]
      case .certificate(let load):
        return Self.assertion(
          try ClientAssertion.make(
            pem: try await load(), audience: audience, clientID: clientID, now: now.milliseconds / 1000))
      case .federatedToken(let load):
        return Self.assertion(Self.trimmed(try await load()))
      }
    } catch {
      throw Failure(
        .quarantine, .credentialValidation, "The credential for Entra ID cannot be used: \(error).",
        advice: "Check the file that the configuration names under directory, and that the service may read it.")
    }
  }

  /// The end of line of a file is not part of a secret (docs/configuration.md, "Secrets").
  private static func trimmed(_ secret: String) -> String {
    String(secret.prefix { !$0.isNewline })
  }

  private static func assertion(_ token: String) -> [(String, String)] {
    [
      ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
      ("client_assertion", token),
    ]
  }
}
