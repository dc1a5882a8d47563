/// Whether a secret that Rollcall's own callers send can be guessed (docs/http-api.md, "Tokens"). Passwords of other systems are not judged.
enum SecretStrength {
  static let fewestCharacters = 16
  /// What our examples have in the place of a secret.
  private static let placeholders = ["replace_me", "replace-me", "changeme", "change-me", "change_me", "placeholder"]

  /// - Returns: What is wrong, for the operator, without the secret; nil when nothing is.
  static func problem(of secret: String) -> String? {
    if secret.count < fewestCharacters {
      return
        "has \(secret.count) characters; at least \(fewestCharacters) are needed. Take the output of 'openssl rand -hex 32'"
    }
    let plain = secret.lowercased()
    // A placeholder that is repeated or dressed up is still one.
    if placeholders.contains(where: { plain.contains($0) }) || Set(plain).count < 4 {
      return "is a placeholder of an example. Take the output of 'openssl rand -hex 32'"
    }
    return nil
  }
}
