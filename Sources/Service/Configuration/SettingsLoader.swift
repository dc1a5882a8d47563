import ProvisioningRules
import Expressions
import ProvisioningModel
import SynchronizationJob
import Yams

/// Reads a configuration file and the environment into `Settings`.
package enum SettingsLoader {
  /// - Parameter file: Shown in errors.
  /// - Throws: `InvalidConfiguration` with everything that is wrong.
  package static func load(
    yaml: String, file: String, environment: [String: String]
  ) throws(InvalidConfiguration) -> LoadedSettings {
    var reader = ConfigurationReader(yaml: yaml, environment: environment)
    // What a file that is no YAML lacks is not worth telling.
    guard reader.problems.isEmpty else { throw InvalidConfiguration(file: file, problems: reader.problems) }
    var settings = read(&reader, environment)
    settings.effective = reader.values
    reader.reportUnknownKeys()
    let problems = reader.problems.sorted { ($0.line ?? 0, $0.key) < ($1.line ?? 0, $1.key) }
    guard problems.isEmpty else { throw InvalidConfiguration(file: file, problems: problems) }
    return LoadedSettings(
      settings: settings, effectiveYAML: EffectiveYAML.text(reader.effective),
      warnings: reader.warnings + UnknownVariables.warnings(environment, known: reader.knownVariables),
      knownKeys: reader.known)
  }

  private static func read(_ reader: inout ConfigurationReader, _ environment: [String: String]) -> Settings {
    let directory = readDirectory(&reader, environment)
    let xmatters = readXMatters(&reader)
    let listener = readListener(&reader)
    let queue = readQueue(&reader, requests: xmatters.maxConcurrentRequests)
    let interval = reader.duration("schedule.interval", default: .seconds(1200), atLeast: .seconds(1))
    let fullInterval = reader.duration("schedule.fullInterval", default: .seconds(86_400), atLeast: .seconds(1))
    let pulse = reader.duration("schedule.pulse", default: .seconds(60))
    if pulse > .zero, pulse < .seconds(1) {
      reader.report("schedule.pulse", "must be 0s, which is off, or at least 1s")
    }
    let assignmentRequests = reader.integer("schedule.assignmentRequestsPerMinute", default: 12, in: 0...10_000)
    let policy = PolicyReader.read(&reader, directory)
    let protection = readProtection(&reader)
    return Settings(
      directory: directory, xmatters: xmatters, listener: listener, console: ConsoleReader.read(&reader), queue: queue,
      schedule: CycleSchedule(
        interval: interval, fullInterval: fullInterval, pulse: pulse, assignmentRequestsPerMinute: assignmentRequests),
      policy: policy,
      protection: protection,
      email: EmailReader.read(&reader), logLevel: reader.choice("logs.level", default: Settings.LogLevel.info),
      logRetention: reader.duration("logs.retention", default: .seconds(30 * 86_400), atLeast: .seconds(60)),
      statePath: reader.text("state.path", default: "rollcall.sqlite") ?? "rollcall.sqlite",
      certificateAuthorities: environment["SSL_CERT_FILE"])
  }

  // MARK: Directory

  private static func readDirectory(
    _ reader: inout ConfigurationReader, _ environment: [String: String]
  ) -> Settings.Directory {
    let cloud = reader.choice("directory.cloud", default: Cloud.public)
    let authority = environment["AZURE_AUTHORITY_HOST"] ?? cloud.authorityURL
    return Settings.Directory(
      tenantID: identity(
        &reader, "directory.tenantId", environment["AZURE_TENANT_ID"], hint: "the directory (tenant) id"),
      clientID: identity(
        &reader, "directory.clientId", environment["AZURE_CLIENT_ID"],
        hint: "the application (client) id of the app registration that Rollcall signs in as"),
      credential: readCredential(&reader, environment),
      clientSecretExpires: reader.moment("directory.clientSecretExpires"),
      cloud: cloud.rawValue,
      authorityURL: url(&reader, "directory.authorityUrl", default: authority),
      graphURL: url(&reader, "directory.graphUrl", default: cloud.graphURL),
      application: readApplication(&reader),
      scope: reader.choice("directory.scope", default: .assigned),
      nestedGroups: reader.boolean("directory.nestedGroups", default: false),
      includeDefaultAccess: reader.boolean("directory.includeDefaultAccess", default: false),
      pageSize: reader.integer("directory.pageSize", default: 999, in: 1...999))
  }

  private static func identity(
    _ reader: inout ConfigurationReader, _ path: String, _ fallback: String?, hint: String
  ) -> String {
    let text = reader.text(path, default: fallback) ?? ""
    if text.isEmpty { reader.report(path, "is required: \(hint)") }
    return text
  }

  private static func readCredential(
    _ reader: inout ConfigurationReader, _ environment: [String: String]
  ) -> Settings.Directory.Credential {
    let given: [(key: String, credential: Settings.Directory.Credential?)] = [
      ("directory.clientSecretFile", reader.secret("directory.clientSecret").map { .secret($0) }),
      ("directory.certificateFile", reader.secret("directory.certificate").map { .certificate($0) }),
      ("directory.federatedTokenFile", reader.secret("directory.federatedToken").map { .federatedToken($0) }),
    ]
    let credentials = given.compactMap { entry in entry.credential.map { (entry.key, $0) } }
    if credentials.count > 1 {
      reader.report(
        credentials[1].0, "cannot stand beside \(credentials[0].0): give exactly one of the three kinds of credential")
    }
    if let credential = credentials.first?.1 { return credential }
    if let path = environment["AZURE_FEDERATED_TOKEN_FILE"] { return .federatedToken(.file(path)) }
    reader.report(
      "directory.clientSecretFile",
      "is required: give exactly one of clientSecretFile, certificateFile and federatedTokenFile")
    return .secret(.value(""))
  }

  private static func readApplication(_ reader: inout ConfigurationReader) -> Settings.Directory.ApplicationName {
    let appID = reader.text("directory.application.appId")
    let servicePrincipalID = reader.text("directory.application.servicePrincipalId")
    if appID != nil, servicePrincipalID != nil {
      reader.report(
        "directory.application.servicePrincipalId", "cannot stand beside directory.application.appId: give one of them")
    }
    if let appID { return .appID(appID) }
    if let servicePrincipalID { return .servicePrincipalID(servicePrincipalID) }
    reader.report(
      "directory.application.appId",
      "is required: the application id of the enterprise application whose assignments say who is in scope")
    return .appID("")
  }

  // MARK: xMatters and listener

  private static func readXMatters(_ reader: inout ConfigurationReader) -> Settings.XMatters {
    let address = reader.requiredText("xmatters.url", hint: "the instance, such as https://acme.xmatters.com")
    if !address.isEmpty { checkURL(&reader, "xmatters.url", address) }
    let username = reader.requiredText("xmatters.username", hint: "the service user, or the id of its API key")
    let password = reader.secret("xmatters.password")
    if password == nil {
      reader.report("xmatters.passwordFile", "is required: the file with the password or the API key's secret")
    }
    return Settings.XMatters(
      url: address.droppingTrailingSlash, username: username, password: password ?? .value(""),
      oauthClientID: reader.text("xmatters.oauthClientId"),
      bulkUpload: reader.choice("xmatters.bulkUpload", default: .off),
      maxConcurrentRequests: reader.integer("xmatters.maxConcurrentRequests", default: 5, in: 1...500),
      requestTimeout: reader.duration("xmatters.requestTimeout", default: .seconds(60), atLeast: .milliseconds(100)))
  }

  private static func readListener(_ reader: inout ConfigurationReader) -> Settings.Listener {
    let publicURL = reader.text("listener.publicUrl")
    if let publicURL { checkURL(&reader, "listener.publicUrl", publicURL) }
    let clientState = reader.secret("listener.clientState")
    if publicURL != nil, clientState == nil {
      reader.report(
        "listener.clientStateFile",
        "is required with listener.publicUrl: the secret that Graph repeats in every notification")
    }
    let host = reader.text("listener.host", default: "0.0.0.0") ?? "0.0.0.0"
    let port = reader.integer("listener.port", default: 8080, in: 0...65_535)
    let managementPort = reader.integer("listener.managementPort", default: 8081, in: 0...65_535)
    if managementPort != 0, managementPort == port {
      reader.report(
        "listener.managementPort", "must be another port than listener.port, or 0 to serve everything on that one")
    }
    let adminToken = reader.secret("listener.adminToken")
    let readToken = reader.secret("listener.readToken")
    if readToken != nil, adminToken == nil {
      reader.report("listener.readTokenFile", "needs listener.adminTokenFile: without it there is no admin API")
    }
    return Settings.Listener(
      host: host, port: port, managementPort: managementPort,
      publicURL: publicURL?.droppingTrailingSlash, clientState: clientState,
      adminToken: adminToken, readToken: readToken,
      tls: readTLS(&reader),
      maxBodyBytes: reader.integer("listener.maxBodyBytes", default: 4_194_304, in: 1024...268_435_456),
      shutdownDelay: reader.duration("listener.shutdownDelay", default: .zero),
      shutdownGrace: reader.duration("listener.shutdownGrace", default: .seconds(25)))
  }

  private static func readTLS(_ reader: inout ConfigurationReader) -> Settings.Listener.TLS? {
    let certificate = reader.text("listener.tls.certificateFile")
    let key = reader.text("listener.tls.privateKeyFile")
    if certificate != nil || key != nil, !ListenerTLS.isBuilt {
      reader.report(
        "listener.tls.\(certificate == nil ? "privateKeyFile" : "certificateFile")",
        "cannot be used: this program was built without TLS for its listener. Build it with the package's default traits, "
          + "or let a proxy in front of it end TLS")
      return nil
    }
    if let certificate, let key { return Settings.Listener.TLS(certificateFile: certificate, privateKeyFile: key) }
    if certificate != nil || key != nil {
      reader.report(
        "listener.tls.\(key == nil ? "privateKeyFile" : "certificateFile")",
        "is required: certificateFile and privateKeyFile stand together or not at all")
    }
    return nil
  }

  /// - Parameter requests: At a time to xMatters. Unless `queue.workers` is given, there are workers enough to keep all of them busy, as
  ///   a worker also waits for the directory: 8 for the 5 of the default.
  private static func readQueue(_ reader: inout ConfigurationReader, requests: Int) -> Settings.Queue {
    Settings.Queue(
      workers: reader.integer("queue.workers", default: min(256, max(8, requests * 8 / 5)), in: 1...256),
      capacity: reader.integer("queue.capacity", default: 100_000, in: 1...10_000_000),
      coalesce: reader.duration("queue.coalesce", default: .milliseconds(250)),
      retryInitial: reader.duration("queue.retry.initial", default: .seconds(1), atLeast: .milliseconds(1)),
      retryMax: reader.duration("queue.retry.max", default: .seconds(600), atLeast: .milliseconds(1)),
      retryAttempts: reader.integer("queue.retry.attempts", default: 12, in: 1...1000))
  }

  private static func readProtection(_ reader: inout ConfigurationReader) -> ProtectionPolicy {
    ProtectionPolicy(
      removals: RemovalLimits(
        count: reader.integer("protection.removals.count", default: 500, in: 0...10_000_000),
        percent: reader.number("protection.removals.percent", default: 20, in: 0...100),
        minimum: reader.integer("protection.removals.minimum", default: 25, in: 0...10_000_000),
        window: reader.duration("protection.removals.window", default: .seconds(3600), atLeast: .seconds(1))),
      quarantine: QuarantinePolicy(
        minimumFailures: reader.integer("protection.quarantine.minimumFailures", default: 50, in: 1...10_000_000),
        failureShare: reader.number("protection.quarantine.failureShare", default: 0.4, in: 0...1),
        window: reader.duration("protection.quarantine.window", default: .seconds(600), atLeast: .seconds(1)),
        probeInitial: reader.duration(
          "protection.quarantine.probeInitial", default: .seconds(30), atLeast: .seconds(1)),
        probeMax: reader.duration("protection.quarantine.probeMax", default: .seconds(600), atLeast: .seconds(1)),
        disableAfter: reader.duration(
          "protection.quarantine.disableAfter", default: .seconds(28 * 86_400), atLeast: .seconds(1))))
  }

  // MARK: URLs

  private static func url(_ reader: inout ConfigurationReader, _ path: String, default fallback: String) -> String {
    let address = reader.text(path, default: fallback) ?? fallback
    checkURL(&reader, path, address)
    return address.droppingTrailingSlash
  }

  private static func checkURL(_ reader: inout ConfigurationReader, _ path: String, _ address: String) {
    if let problem = WebAddress.problem(address) { reader.report(path, problem) }
  }
}

/// A configuration that was read, and how it looks with everything that was left out.
package struct LoadedSettings: Sendable {
  package var settings: Settings
  /// Secrets show as the place they come from.
  package var effectiveYAML: String
  /// What is valid, but may not do what was meant.
  package var warnings: [ConfigurationProblem]
  /// Every key that a file may hold; of lists only those that have items.
  var knownKeys: Set<String>
}

/// The national clouds (docs/reference/microsoft-graph.md, "National clouds").
enum Cloud: String, CaseIterable {
  case `public`, usGovernment, usGovernmentDoD, china

  var authorityURL: String {
    switch self {
    case .public: "https://login.microsoftonline.com"
    case .usGovernment, .usGovernmentDoD: "https://login.microsoftonline.us"
    case .china: "https://login.chinacloudapi.cn"
    }
  }

  var graphURL: String {
    switch self {
    case .public: "https://graph.microsoft.com"
    case .usGovernment: "https://graph.microsoft.us"
    case .usGovernmentDoD: "https://dod-graph.microsoft.us"
    case .china: "https://microsoftgraph.chinacloudapi.cn"
    }
  }
}

extension String {
  var droppingTrailingSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
