import Logging
import ProvisioningModel

extension Assembly {
  /// A secret that callers send: a new one that could be guessed is not taken.
  func guardedSecret(_ source: SecretSource, key: String) -> Secret {
    Secret(source, objection: SecretStrength.problem) { [logger] problem in
      logger.warning("A new secret is not taken, the one before stays: it \(problem).", metadata: ["key": "\(key)"])
    }
  }

  /// What is wrong with the secrets that callers send, as far as they can be read now: those that could be guessed, and a client state that
  /// Graph does not take.
  package func problemsOfSecrets() async -> [ConfigurationProblem] {
    let listener = settings.listener
    var problems: [ConfigurationProblem] = []
    for (key, source) in [
      ("listener.adminTokenFile", listener.adminToken), ("listener.readTokenFile", listener.readToken),
      (SecretRunner.clientStateKey, listener.clientState),
    ] {
      guard let source, let secret = try? await Secret(source).load() else { continue }
      let isTooLong = key == SecretRunner.clientStateKey && secret.count > ClientState.longest
      let problem =
        isTooLong
        ? "has \(secret.count) characters; Graph takes \(ClientState.longest)" : SecretStrength.problem(of: secret)
      guard let problem else { continue }
      problems.append(ConfigurationProblem(key: key, line: nil, message: "the secret \(problem)"))
    }
    return problems
  }
}
