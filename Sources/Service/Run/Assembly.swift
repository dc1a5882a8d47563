import ProvisioningRules
import Expressions
import HTTPTransport
import JSON
package import Logging
package import MicrosoftGraph
package import ProvisioningModel
import Reconciler
import Storage
import SynchronizationJob
import WorkQueue
package import XMatters

/// All parts of the service, put together from the configuration. Nothing runs yet.
package struct Assembly: Sendable {
  package typealias ServiceClock = ContinuousClock

  package let settings: Settings
  package let metrics: MetricsRegistry
  package let logger: Logger
  let client: HTTPClient
  let tokens: TokenSource<ServiceClock>
  let identityProvider: IdentityProvider<ServiceClock>
  let graph: GraphClient<ServiceClock>
  package let directory: GraphDirectory<ServiceClock>
  package let target: XMattersTarget<ServiceClock>
  let clock = SystemWallClock()

  /// - Throws: A `Failure` when libcurl cannot be set up.
  package init(_ settings: Settings, logger: Logger, metrics: MetricsRegistry = .init()) throws(Failure) {
    self.settings = settings
    self.logger = logger
    self.metrics = metrics
    JSONMemory.limit()
    var configuration = HTTPClient.Configuration()
    configuration.requestTimeout = settings.xmatters.requestTimeout
    configuration.userAgent = "rollcall/\(Version.text)"
    let limits = (login: 2, graph: 16, xmatters: settings.xmatters.maxConcurrentRequests)
    configuration.maxConnectionsPerHost = max(64, limits.xmatters)
    configuration.maxKeptConnections = limits.login + limits.graph + limits.xmatters
    configuration.caFile = settings.certificateAuthorities
    let client = try Self.makeClient(configuration)
    self.client = client
    let wall = clock
    let upstream = { (name: String, limits: UpstreamLimits) in
      Upstream(
        name: name, client: client, limits: limits, clock: ServiceClock(),
        wallClock: { wall.now.milliseconds / 1000 }, observe: Self.observer(metrics))
    }
    tokens = TokenSource(
      authorityURL: settings.directory.authorityURL, tenantID: settings.directory.tenantID,
      clientID: settings.directory.clientID, graphURL: settings.directory.graphURL,
      credential: Self.credential(settings.directory.credential),
      upstream: upstream("login", UpstreamLimits(maxConcurrentRequests: limits.login, attempts: 2)),
      clock: ServiceClock(),
      wall: wall)
    identityProvider = IdentityProvider(
      authorityURL: settings.directory.authorityURL, tenantID: settings.directory.tenantID,
      clientID: settings.directory.clientID, credential: Self.credential(settings.directory.credential),
      upstream: upstream("login", UpstreamLimits(maxConcurrentRequests: 2, maxWaiting: 20, attempts: 2)), wall: wall)
    graph = GraphClient(
      graphURL: settings.directory.graphURL, tokens: tokens,
      upstream: upstream("graph", UpstreamLimits(maxConcurrentRequests: limits.graph)))
    directory = GraphDirectory(
      graph, application: Self.applicationName(settings.directory.application),
      attributes: UserAttributes(settings.policy.attributeNames),
      groupAttributes: GroupAttributes(settings.policy.groups?.attributeNames ?? []),
      pageSize: settings.directory.pageSize)
    let password = Secret(settings.xmatters.password)
    let credentials: Credentials =
      if let clientID = settings.xmatters.oauthClientID {
        .oauth(clientID: clientID, username: settings.xmatters.username, password: { try await password.load() })
      } else {
        .basic(username: settings.xmatters.username, password: { try await password.load() })
      }
    target = XMattersTarget(
      XMattersClient(
        baseURL: settings.xmatters.url,
        upstream: upstream(
          "xmatters", UpstreamLimits(maxConcurrentRequests: limits.xmatters)),
        credentials: credentials))
  }

  /// The id of the tenant; nil as long as it is configured by a domain and no token has named it.
  var tenantID: String? {
    get async {
      let configured = settings.directory.tenantID
      if ObjectID(configured).isGUID { return configured }
      return await tokens.tenantID?.rawValue
    }
  }

  /// Opens the state file.
  func openState() throws(Failure) -> SQLiteState {
    let state = try SQLiteState(path: settings.statePath, now: clock.now)
    if let file = state.damagedFile { Self.tellOfDamage(file, logger) }
    return state
  }

  /// As `openState`, but a place that cannot be used now is tried again until it can be.
  /// - Throws: When another process owns the file.
  func openStateSoon() throws(Failure) -> SQLiteState {
    let state = try SQLiteState.opening(path: settings.statePath, clock: clock) { [logger] in
      Self.tellOfDamage($0, logger)
    }
    if let failure = state.openingFailure {
      logger.error("Not ready: \(failure.reason)", metadata: ["advice": "\(failure.advice)"])
    }
    return state
  }

  /// Whether a service with this state runs already.
  package var isServing: Bool { SQLiteState.isInUse(path: settings.statePath) }

  private static func tellOfDamage(_ file: String, _ logger: Logger) {
    logger.warning(
      "The state file was damaged and is set aside; links are rebuilt from xMatters.", metadata: ["file": "\(file)"])
  }

  /// The state as it is now, to be thrown away: for rehearsals, also beside a running service.
  func copyState() async throws(Failure) -> SQLiteState {
    let state = try await SQLiteState.copy(of: settings.statePath)
    if let file = state.damagedFile {
      logger.warning("The state file is damaged: rehearsed as if there were none.", metadata: ["file": "\(file)"])
    }
    return state
  }

  /// - Parameter attempts: Runs of one object before it is given up, if not as configured.
  func makeJob(
    _ state: any State, target: (any Target)? = nil, attempts: Int? = nil, observer: any JobObserver
  ) -> Job<ServiceClock> {
    let queue = settings.queue
    var policy = settings.policy
    policy.serviceAccount = settings.xmatters.username
    return Job(
      directory: directory, target: target ?? self.target, state: state,
      scope: Scope(
        directory: directory, kind: settings.directory.scope, nestedGroups: settings.directory.nestedGroups,
        includesDefaultAccess: settings.directory.includeDefaultAccess, confirmation: settings.policy.confirmation,
        uptime: Uptime(ServiceClock())),
      policy: policy,
      queue: WorkQueue(
        configuration: WorkQueueConfiguration(
          capacity: queue.capacity, backoff: Backoff(initial: queue.retryInitial, max: queue.retryMax),
          maxAttempts: attempts ?? queue.retryAttempts), clock: ServiceClock(), seed: .random(in: .min ... .max)),
      coalesce: queue.coalesce, schedule: settings.schedule, protection: settings.protection, clock: ServiceClock(),
      wall: clock, observer: observer, bulk: target == nil ? bulkTarget : nil,
      identity: settings.identity)
  }

  /// Nil when people are made one by one. A rehearsal gets none.
  private var bulkTarget: (any BulkTarget)? {
    guard settings.xmatters.bulkUpload == .auto else { return nil }
    guard BulkLane.isOfUse(settings.policy) else {
      logger.notice(
        "xmatters.bulkUpload is of no use here, and everybody is created one by one: it takes ownership: adopt, a mapped device, and no SelectUniqueValue."
      )
      return nil
    }
    return target
  }

  /// Nil when Graph is told no address to call.
  func makeSubscriptionRunner(
    _ state: any State, clientState: ClientState?, mailer: Mailer<ServiceClock>?,
    requestCycle: @escaping @Sendable () -> Void
  ) -> SubscriptionRunner? {
    guard let publicURL = settings.listener.publicURL, let clientState else { return nil }
    let keeper = SubscriptionKeeper(
      graph, state: state, publicURL: publicURL, clock: clock, clientState: { try await clientState.load() })
    return SubscriptionRunner(
      keeper, interval: settings.schedule.interval, wall: clock, logger: logger, metrics: metrics, mailer: mailer,
      requestCycle: requestCycle)
  }

  /// - Parameter changed: Called when a secret is another than before.
  func makeSecretRunner(changed: @escaping @Sendable (_ key: String) -> Void) -> SecretRunner {
    let directory = settings.directory.credential
    var secrets = [
      (directory.key, Secret(directory.source)), ("xmatters.passwordFile", Secret(settings.xmatters.password)),
    ]
    if let source = settings.listener.clientState { secrets.append((SecretRunner.clientStateKey, Secret(source))) }
    return SecretRunner(secrets, logger: logger, changed: changed)
  }

  func makeSilenceRunner(mailer: Mailer<ServiceClock>?) -> SilenceRunner? {
    settings.listener.publicURL.map { _ in SilenceRunner(wall: clock, logger: logger, mailer: mailer) }
  }

  func makeCredentialRunner(mailer: Mailer<ServiceClock>?) -> CredentialRunner {
    let directory = settings.directory
    let credential = Self.credential(directory.credential)
    let stated = directory.clientSecretExpires.map { CredentialLife(end: $0) }
    return CredentialRunner(
      name: directory.credential.key, life: { await credential.life() ?? stated }, wall: clock, logger: logger,
      metrics: metrics, mailer: mailer)
  }

  /// Nil when no mail is to be sent.
  func makeMailer() -> Mailer<ServiceClock>? {
    guard let email = settings.email else { return nil }
    let password = email.password.map { Secret($0) }
    return Mailer(
      email, instance: settings.xmatters.host, clock: ServiceClock(), wall: clock, logger: logger, metrics: metrics
    ) { [client] message in
      var server = MailServer(url: email.smtpURL)
      if let username = email.username, let password { server.login = (username, try await password.load()) }
      try await client.send(message, through: server)
    }
  }

  private static func makeClient(_ configuration: HTTPClient.Configuration) throws(Failure) -> HTTPClient {
    do throws(TransportError) {
      return try HTTPClient(configuration)
    } catch {
      throw Failure(
        .retry(after: nil), .internalError, "The HTTP client cannot be started: \(error).",
        advice: "Check that libcurl is installed and that the process may start threads.")
    }
  }

  private static func credential(_ credential: Settings.Directory.Credential) -> ClientCredential {
    switch credential {
    case .secret(let source):
      let secret = Secret(source)
      return .secret { try await secret.load() }
    case .certificate(let source):
      let secret = Secret(source)
      return .certificate { try await secret.load() }
    case .federatedToken(let source):
      let secret = Secret(source)
      return .federatedToken { try await secret.load() }
    }
  }

  private static func applicationName(_ name: Settings.Directory.ApplicationName) -> ApplicationName {
    switch name {
    case .appID(let id): .appID(id)
    case .servicePrincipalID(let id): .servicePrincipalID(id)
    }
  }

  private static func observer(_ metrics: MetricsRegistry) -> @Sendable (UpstreamObservation) -> Void {
    { exchange in
      let outcome = exchange.status.map(String.init) ?? exchange.failure.map { "\($0)" } ?? ""
      metrics.observe(
        exchange.duration, in: Metric.requestDuration, exchange.upstream, exchange.method.rawValue, exchange.route,
        outcome)
      if exchange.throttledFor != nil { metrics.add(to: Metric.throttled, exchange.upstream) }
    }
  }
}

/// What this build calls itself.
package enum Version {
  package static let text = "0.1.0"
}
