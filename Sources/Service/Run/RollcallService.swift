import HTTPTransport
import Hummingbird
import Logging
import MicrosoftGraph
import NIOCore
package import ProvisioningModel
package import Reconciler
import ServiceLifecycle
import Storage
import Synchronization
package import SynchronizationJob
import WorkQueue

/// The running service: listener, job, subscriptions; and the order in which they start and stop.
package final class RollcallService: Sendable {
  private struct Condition {
    var hasHadToken = false
    /// Not ready any more: callers may look for another place.
    var isStopping = false
    /// Nothing is taken any more.
    var isDraining = false
    var heartbeat = ContinuousClock.now
    var readiness = ReadinessWatch<ContinuousClock.Instant>()
  }

  let assembly: Assembly
  let state: SQLiteState
  /// Whether the state can be read and written.
  let stateCheck: PatientRead<Bool>
  /// Nil while the state cannot be read.
  let stateNumbers: PatientRead<StateNumbers?>
  let job: Job<ContinuousClock>
  private let subscriptions: SubscriptionRunner?
  private let intake: NotificationIntake
  /// Nil when no notifications are expected.
  let clientState: ClientState?
  private let mailer: Mailer<ContinuousClock>?
  let credential: CredentialRunner
  /// Nil when no notifications are expected.
  let silence: SilenceRunner?
  private let secrets: SecretRunner
  let freshness: Freshness
  private let condition = Mutex(Condition())

  var settings: Settings { assembly.settings }
  var logger: Logger { assembly.logger }
  var metrics: MetricsRegistry { assembly.metrics }

  /// - Parameter onRun: Hears of every run of an object, with the time since the notification that caused it.
  package init(
    _ assembly: Assembly, onRun: (@Sendable (RunReport, Duration?) -> Void)? = nil
  ) throws(Failure) {
    self.assembly = assembly
    let state = try assembly.openStateSoon()
    self.state = state
    stateCheck = PatientRead(patience: .seconds(2)) { done in
      Task {
        do throws(Failure) {
          try await state.check()
          done(true)
        } catch {
          done(false)
        }
      }
    }
    stateNumbers = PatientRead(patience: .seconds(2)) { done in
      Task { done(await StateNumbers(state)) }
    }
    mailer = assembly.makeMailer()
    let uptime = Uptime(ContinuousClock())
    freshness = Freshness(uptime: { uptime.now })
    silence = assembly.makeSilenceRunner(mailer: mailer)
    job = assembly.makeJob(
      state,
      observer: ServiceObserver(
        metrics: assembly.metrics, logger: assembly.logger, clock: assembly.clock, mailer: mailer, silence: silence,
        freshness: freshness, onRun: onRun))
    clientState = assembly.settings.listener.clientState.map { [assembly] in
      ClientState(assembly.guardedSecret($0, key: SecretRunner.clientStateKey))
    }
    credential = assembly.makeCredentialRunner(mailer: mailer)
    subscriptions = assembly.makeSubscriptionRunner(
      state, clientState: clientState, mailer: mailer, requestCycle: { [job] in job.requestCycle() })
    intake = NotificationIntake(
      job: job, tenantID: { await assembly.tenantID }, clientState: clientState, subscriptions: subscriptions,
      silence: silence, metrics: assembly.metrics, logger: assembly.logger)
    secrets = assembly.makeSecretRunner(
      changed: { [job, subscriptions] key in
        if key == SecretRunner.clientStateKey { subscriptions?.lookNow() } else { job.probeNow() }
      })
    assembly.metrics.set(Metric.buildInfo, to: 1, Version.text)
    assembly.metrics.begin(Metric.counters)
  }

  /// Looks at once whether secrets have changed.
  package func readSecretsAgain() async { await secrets.look() }

  /// Makes the next cycle begin now.
  package func requestCycle() { job.requestCycle() }

  package var lastCycle: CycleReport? { job.lastCycle }

  /// Removals that wait for a person's decision.
  package var heldRemovals: Int { job.heldRemovals }

  /// The newest entries of the provisioning log first.
  package func log(limit: Int) async throws(Failure) -> [ProvisioningLogEntry] {
    try await state.log(limit: limit)
  }

  /// - Throws: When the state is one of people with other external keys. One that cannot be read now is asked again by the job.
  package func checkPrefix() async throws(Failure) {
    guard let identity = try? await state.identity() else { return }
    try settings.identity.checkPrefix(of: identity)
  }

  // MARK: Serving

  /// Serves until `stop` returns, then drains and ends everything.
  /// - Parameters:
  ///   - onListening: Called with the port once connections are accepted.
  ///   - stop: Returns when the service is to stop.
  /// - Throws: When the listener cannot be opened.
  package func run(
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }, until stop: @escaping @Sendable () async -> Void
  ) async throws {
    let tls = try settings.listener.tls.map(ListenerTLS.init)
    let doors = makeDoors(tls)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for door in doors { group.addTask { try await door.run() } }
      // Graph calls back before a subscription stands: the listener comes first.
      var ports: [Int] = []
      for door in doors {
        guard let port = await door.opened.first(where: { _ in true }) else {
          _ = try await group.next()
          return
        }
        logger.info("Listening", metadata: ["host": "\(door.host)", "port": "\(port)", "key": "\(door.key)"])
        ports.append(port)
      }
      await onListening(ports[0])
      let work = Task { await self.work(tls) }
      await stop()
      await leave()
      await drain()
      work.cancel()
      await work.value
      await stopListening(doors, in: &group)
    }
    await assembly.client.shutdown()
    state.close()
    logger.info("Stopped")
  }

  /// The port for everything or for the internet first.
  private func makeDoors(_ tls: ListenerTLS?) -> [ListenerDoor] {
    let parts: [ListenerPart] = settings.listener.managementPort == 0 ? [.all] : [.public, .management]
    let memory = MemoryBudget(maxBodyBytes: settings.listener.maxBodyBytes) { MemoryReturn.shared.note(freed: $0) }
    let bodies = BodyReader(maxBytes: settings.listener.maxBodyBytes, memory: memory)
    let admin = adminAPI(memory)
    return parts.map { part in
      let listener = Listener(delegate: delegate, part: part, admin: admin, bodies: bodies)
      // The management port too: the admin token goes over it.
      return ListenerServer.make(listener, settings.listener, tls: tls)
    }
  }

  private func work(_ tls: ListenerTLS?) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await tls?.run(logger: self.logger) }
      group.addTask(executorPreference: WorkerThreads.shared) {
        await self.job.run(workers: self.settings.queue.workers)
      }
      group.addTask { await self.obtainFirstToken() }
      group.addTask { await Urgency.$isLive.withValue(true) { await self.subscriptions?.run() } }
      group.addTask { await self.beat() }
      group.addTask { await self.pruneLog() }
      group.addTask { await self.mailer?.run() }
      group.addTask { await self.credential.run() }
      group.addTask { await self.secrets.run() }
    }
  }

  /// Says that it stops, and serves on for as long as those who send requests here need to notice.
  private func leave() async {
    condition.withLock { $0.isStopping = true }
    let delay = settings.listener.shutdownDelay
    guard delay > .zero else { return }
    logger.info("Stopping: not ready any more", metadata: ["delay": "\(DurationText.describe(delay))"])
    try? await Task.sleep(for: delay)
  }

  /// Requests under way get their answer; connections that last beyond a moment are cut off.
  private func stopListening(_ doors: [ListenerDoor], in group: inout ThrowingTaskGroup<Void, any Error>) async {
    for door in doors { await door.server.triggerGracefulShutdown() }
    group.addTask {
      try await Task.sleep(for: .seconds(3))
      throw CancellationError()
    }
    for _ in doors {
      do { _ = try await group.next() } catch { break }
    }
    group.cancelAll()
  }

  private func drain() async {
    condition.withLock { $0.isDraining = true }
    logger.info("Draining", metadata: ["grace": "\(DurationText.describe(settings.listener.shutdownGrace))"])
    job.queue.shutDown(drain: true)
    let job = job
    let grace = settings.listener.shutdownGrace
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await job.queue.drained() }
      group.addTask { try? await Task.sleep(for: grace) }
      await group.next()
      // Whatever is under way beyond the grace is cut off; the watermark makes up for it at the next start.
      job.queue.shutDown(drain: false)
      group.cancelAll()
    }
  }

  // MARK: Tasks

  private func obtainFirstToken() async {
    while !Task.isCancelled {
      do throws(Failure) {
        _ = try await assembly.tokens.accessToken()
        condition.withLock { $0.hasHadToken = true }
        return
      } catch {
        if error.remedy == .cancelled { return }
        logger.error("Not ready: \(error.reason)", metadata: error.metadata)
        try? await Task.sleep(for: .seconds(3))
      }
    }
  }

  /// Of starting and stopping.
  var progress: (hasHadToken: Bool, isStopping: Bool) { condition.withLock { ($0.hasHadToken, $0.isStopping) } }

  /// - Returns: What the log is to tell now.
  func noteReadiness(_ checks: [ReadinessCheck]) -> ReadinessWatch<ContinuousClock.Instant>.Event? {
    condition.withLock { $0.readiness.look(checks, now: .now) }
  }

  /// When the service was last seen to move.
  var lastBeat: ContinuousClock.Instant { condition.withLock { $0.heartbeat } }

  private func beat() async {
    while !Task.isCancelled {
      condition.withLock { $0.heartbeat = .now }
      try? await Task.sleep(for: .seconds(1))
    }
  }

  private func pruneLog() async {
    let uptime = Uptime(ContinuousClock())
    var retention: LogRetention?
    while !Task.isCancelled {
      do throws(Failure) {
        let known =
          if let retention { retention } else {
            try await LogRetention(state: state, age: settings.logRetention, clock: assembly.clock, uptime: uptime)
          }
        retention = known
        try await known.apply()
      } catch {
        if error.remedy == .cancelled { return }
        logger.warning("The provisioning log cannot be pruned: \(error.reason)", metadata: error.metadata)
      }
      try? await Task.sleep(for: LogRetention.interval)
    }
  }

  // MARK: What the listener asks

  private var delegate: ListenerDelegate {
    ListenerDelegate(
      take: { await self.take($0) }, readiness: { await self.readiness() }, isAlive: { self.isAlive },
      metrics: { await self.metricsText() }, answered: { self.count($0, $1, $2) })
  }

  private func count(_ request: Request, _ answer: Answer, _ duration: Duration) {
    let path = request.uri.path
    let route = Route.template(of: path) ?? "other"
    let status = "\(answer.status.code)"
    metrics.add(to: Metric.httpRequests, route, status)
    metrics.observe(duration, in: Metric.httpDuration, route)
    if AdminAPI.covers(path) { metrics.add(to: Metric.adminRequests, route, status) }
  }

  private func take(_ body: ReceivedBody) async -> Intake {
    guard condition.withLock({ $0.isDraining }) else { return await intake.take(body) }
    metrics.add(to: Metric.notifications, "refused")
    return .draining
  }

  private var isAlive: Bool {
    lastBeat.duration(to: .now) < .seconds(30) && job.queue.statistics.longestRunning < .seconds(1800)
  }
}
