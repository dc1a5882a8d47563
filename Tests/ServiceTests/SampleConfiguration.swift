import Service

/// Configurations that begin with all that is required, and go on as a test wants.
enum SampleConfiguration {
  /// Six lines.
  static let start = """
    directory:
      tenantId: 11111111-1111-1111-1111-111111111111
      clientId: 22222222-2222-2222-2222-222222222222
      clientSecretFile: /run/secrets/client-secret
      application: {appId: 33333333-3333-3333-3333-333333333333}
    xmatters: {url: "https://acme.xmatters.com", username: rollcall, passwordFile: /run/secrets/password}

    """

  static func load(_ rest: String, environment: [String: String] = [:]) throws(InvalidConfiguration) -> LoadedSettings {
    try SettingsLoader.load(yaml: start + rest, file: "test.yaml", environment: environment)
  }

  static func problems(_ rest: String, environment: [String: String] = [:]) -> [ConfigurationProblem] {
    do throws(InvalidConfiguration) {
      _ = try load(rest, environment: environment)
      return []
    } catch {
      return error.problems
    }
  }
}
