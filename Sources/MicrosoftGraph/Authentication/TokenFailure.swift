import JSON
import ProvisioningModel

/// What a refusal of the token endpoint means (docs/reference/microsoft-graph.md, "Token errors").
enum TokenFailure {
  /// - Parameter retryAfter: How long it asked to wait.
  static func refused(status: Int, _ json: JSON?, retryAfter: Duration?, route: String) -> Failure {
    let numbers = numbers(json)
    let exchange = Exchange(
      upstream: "login", method: "POST", route: route, status: status,
      message: ([text(json, "error")] + numbers.prefix(5).map { "AADSTS\($0)" }
        + [text(json, "trace_id").map { "trace_id \($0)" }]).compactMap { $0 }.joined(separator: ", "))
    if status == 408 || status == 429 || status >= 500 || numbers.contains(where: transient.contains) {
      return Failure(
        .retry(after: retryAfter), status == 429 ? .tooManyRequests : .internalServerError,
        "Entra ID gave no token (HTTP \(status)).", advice: "Nothing to do unless it lasts: it is tried again.",
        exchange: exchange)
    }
    let known = numbers.lazy.compactMap { meanings[$0] }.first
    let what = "HTTP \(status)" + (numbers.first.map { ", AADSTS\($0)" } ?? "")
    return Failure(
      .quarantine, .credentialValidation,
      "Entra ID refused to sign the service in (\(what)): \(known?.reason ?? "the request was refused").",
      advice: known?.advice ?? "Check tenantId, clientId and the credential under directory.", exchange: exchange)
  }

  /// The assertion was made too early or too late, or comes from a file that has been replaced meanwhile.
  static func isOutOfTime(_ json: JSON?) -> Bool {
    numbers(json).contains(700_024)
  }

  private static func text(_ json: JSON?, _ name: String) -> String? {
    json?[name]?.string.map { String($0.prefix(100)) }
  }

  private static func numbers(_ json: JSON?) -> [Int64] {
    json?["error_codes"].map { $0.elements.compactMap(\.integer) } ?? []
  }

  private static let transient: Set<Int64> = [50196, 90055, 90006, 90012, 90024, 90033, 90090]

  private static let meanings: [Int64: (reason: String, advice: String)] = [
    7_000_215: (
      "the client secret is wrong", "Put the secret's value (not its id) into the file of directory.clientSecretFile."
    ),
    7_000_222: (
      "the client secret has expired",
      "Make a new secret for the app registration and put it into directory.clientSecretFile."
    ),
    700_016: (
      "the app registration is not in this tenant",
      "Check directory.clientId and directory.tenantId, and grant admin consent."
    ),
    700_038: ("the client id is not known", "Check directory.clientId."),
    70_011: ("the scope is not valid", "Check directory.graphUrl: its address is what access is asked for."),
    1_002_012: ("the scope is not valid", "Check directory.graphUrl: its address is what access is asked for."),
    500_011: ("the Graph resource is not known to this tenant", "Check directory.cloud and directory.graphUrl."),
    90_002: ("the tenant is not known", "Check directory.tenantId and directory.cloud."),
    900_023: ("the tenant id is malformed", "Check directory.tenantId."),
    700_027: (
      "the signature of the client assertion is not accepted",
      "Upload the certificate of directory.certificateFile to the app registration."
    ),
    700_024: (
      "the client assertion is out of its time", "Check the clock of this machine and the file of the federated token."
    ),
    70_003: ("the kind of grant is not supported", "Check directory.authorityUrl: it must be Entra ID's."),
    900_144: ("a parameter is missing", "Check directory.tenantId, directory.clientId and the credential's file."),
    700_213: (
      "no federated credential matches the token",
      "Add a federated credential for this issuer and subject to the app registration."
    ),
  ]
}
