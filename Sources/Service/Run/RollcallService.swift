import HTTPTransport
import Hummingbird
import Logging
import MicrosoftGraph
import NIOCore
package import Provisioning
import ServiceLifecycle
import Storage
import Synchronization
import WorkQueue

/// The running service: listener, job, subscriptions; and the order in which they start and stop.
package final class RollcallService: Sendable {
  private struct Condition {
    var hasHadToken = false
    var isDraining = false
    var heartbeat = ContinuousClock.now
  }

  let assembly: Assembly
  private let state: SQLiteState
  let job: Job<ContinuousClock>
  private let keeper: SubscriptionKeeper<ContinuousClock>?
  private let clientState: Secret?
  private let condition = Mutex(Condition())
  private let subscriptionCheck: AsyncStream<Void>
  private let checkSubscriptions: AsyncStream<Void>.Continuation

  private var settings: Settings { assembly.settings }
  private var logger: Logger { assembly.logger }
  private var metrics: MetricsRegistry { assembly.metrics }

  /// - Parameter onRun: Hears of every run of an object, with the time since the notification that caused it.
  package init(
    _ assembly: Assembly, onRun: (@Sendable (RunReport, Duration?) -> Void)? = nil
  ) throws(Failure) {
    self.assembly = assembly
    state = try assembly.openState()
    job = assembly.makeJob(
      state,
      observer: ServiceObserver(
        metrics: assembly.metrics, logger: assembly.logger, clock: assembly.clock, onRun: onRun))
    clientState = assembly.settings.listener.clientState.map { Secret($0) }
    if let publicURL = assembly.settings.listener.publicURL, let clientState {
      keeper = SubscriptionKeeper(
        assembly.graph, state: state, publicURL: publicURL, clock: assembly.clock,
        clientState: { try await clientState.load() })
    } else {
      keeper = nil
    }
    (subscriptionCheck, checkSubscriptions) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    assembly.metrics.set(Metric.buildInfo, to: 1, Version.text)
  }

  /// Makes the next cycle begin now.
  package func requestCycle() { job.requestCycle() }

  package var lastCycle: CycleReport? { job.lastCycle }

  /// The newest entries of the provisioning log first.
  package func log(limit: Int) async throws(Failure) -> [ProvisioningLogEntry] {
    try await state.log(limit: limit)
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
    let (listening, announce) = AsyncStream<Int>.makeStream()
    let listener = makeListener(announce)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { announce.finish() }
        try await listener.run()
      }
      // Graph calls back before a subscription stands: the listener comes first.
      guard let port = await listening.first(where: { _ in true }) else {
        _ = try await group.next()
        return
      }
      logger.info("Listening", metadata: ["host": "\(settings.listener.host)", "port": "\(port)"])
      await onListening(port)
      let work = Task { await self.work() }
      await stop()
      await drain()
      work.cancel()
      await work.value
      await listener.triggerGracefulShutdown()
      try await group.waitForAll()
    }
    await assembly.client.shutdown()
    state.close()
    logger.info("Stopped")
  }

  private func makeListener(_ announce: AsyncStream<Int>.Continuation) -> ServiceGroup {
    var quiet = Logger(label: "listener")
    quiet.logLevel = .critical
    let application = Application(
      responder: Listener(
        delegate: delegate, admin: adminAPI, bodies: BodyReader(maxBytes: settings.listener.maxBodyBytes)),
      server: .http1(configuration: .init(idleTimeout: .seconds(60))),
      configuration: .init(address: .hostname(settings.listener.host, port: settings.listener.port), backlog: 1024),
      onServerRunning: { channel in announce.yield(channel.localAddress?.port ?? 0) }, logger: quiet)
    return ServiceGroup(configuration: .init(services: [application], logger: quiet))
  }

  private func work() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.job.run(workers: self.settings.queue.workers) }
      group.addTask { await self.obtainFirstToken() }
      group.addTask { await Urgency.$isLive.withValue(true) { await self.keepSubscriptions() } }
      group.addTask { await self.beat() }
      group.addTask { await self.pruneLog() }
    }
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

  private func keepSubscriptions() async {
    guard let keeper else { return }
    var failures = 0
    while !Task.isCancelled {
      do throws(Failure) {
        for record in try await keeper.ensure() {
          metrics.set(
            Metric.subscriptionExpiration, to: Double(record.expiration.milliseconds) / 1000, record.resource)
        }
        failures = 0
      } catch {
        if error.remedy == .cancelled { return }
        failures += 1
        logger.error(
          "A subscription cannot be kept: \(error.reason) The cycles go on without it.", metadata: error.metadata)
      }
      let wait =
        failures == 0 ? min(settings.schedule.interval, .seconds(600)) : .seconds(min(60, 2 << min(failures, 5)))
      await waitForSubscriptionCheck(atMost: wait)
    }
  }

  private func waitForSubscriptionCheck(atMost wait: Duration) async {
    let timer = Task { [checkSubscriptions] in
      try await Task.sleep(for: wait)
      checkSubscriptions.yield()
    }
    _ = await subscriptionCheck.first { _ in true }
    timer.cancel()
  }

  private func beat() async {
    while !Task.isCancelled {
      condition.withLock { $0.heartbeat = .now }
      try? await Task.sleep(for: .seconds(1))
    }
  }

  private func pruneLog() async {
    let retention = LogRetention(state: state, age: settings.logRetention, clock: assembly.clock)
    while !Task.isCancelled {
      do throws(Failure) {
        try await retention.apply()
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
      metrics: { self.metricsText() })
  }

  private var adminAPI: AdminAPI? {
    settings.listener.adminToken.map { token in
      AdminAPI(
        token: Secret(token), provisioning: ProvisioningResource(state: state, identity: JobIdentity(settings)),
        connections: ConnectionsResource(state: state, logger: logger), escrows: EscrowsResource(state: state),
        bodies: BodyReader(maxBytes: min(AdminAPI.maxBodyBytes, settings.listener.maxBodyBytes)), logger: logger)
    }
  }

  private func take(_ body: [UInt8]) async -> Intake {
    if condition.withLock({ $0.isDraining }) {
      metrics.add(to: Metric.notifications, "refused")
      return .draining
    }
    let secrets = (try? await clientState?.load()).map { [$0] } ?? []
    let batch: NotificationBatch
    do throws(NotificationBatch.Malformed) {
      batch = try NotificationBatch(parsing: body, clientStates: secrets, tenantID: settings.directory.tenantID)
    } catch {
      metrics.add(to: Metric.notifications, "rejected")
      return .malformed(error.description)
    }
    switch job.notify(batch.changed) {
    case .full:
      metrics.add(Double(batch.accepted), to: Metric.notifications, "refused")
      return .full
    case .closed:
      metrics.add(Double(batch.accepted), to: Metric.notifications, "refused")
      return .draining
    case .added, .merged: break
    }
    if batch.accepted > 0 { metrics.add(Double(batch.accepted), to: Metric.notifications, "accepted") }
    if batch.dropped > 0 {
      metrics.add(Double(batch.dropped), to: Metric.notifications, "rejected")
      logger.warning(
        "Notifications with a wrong client state, tenant or form were dropped.", metadata: ["count": "\(batch.dropped)"]
      )
    }
    for (event, subscription) in batch.lifecycle { await handle(event, subscription) }
    return .accepted
  }

  private func handle(_ event: NotificationBatch.LifecycleEvent, _ subscription: String) async {
    logger.info(
      "Lifecycle notification", metadata: ["event": "\(event.rawValue)", "subscriptionId": "\(subscription)"])
    switch event {
    case .reauthorizationRequired:
      await keeper?.renewalIsAskedFor(subscription)
    case .subscriptionRemoved:
      try? await keeper?.wasRemoved(subscription)
      job.requestCycle()
    case .missed:
      job.requestCycle()
    }
    checkSubscriptions.yield()
  }

  private var isAlive: Bool {
    let heartbeat = condition.withLock { $0.heartbeat }
    return heartbeat.duration(to: .now) < .seconds(30) && job.queue.statistics.longestRunning < .seconds(1800)
  }

  private func readiness() async -> [ReadinessCheck] {
    let (hasHadToken, isDraining) = condition.withLock { ($0.hasHadToken, $0.isDraining) }
    let isFull = job.queue.statistics.isFull
    var stateIsOpen = true
    do throws(Failure) { _ = try await state.watermark() } catch { stateIsOpen = false }
    return [
      ReadinessCheck(name: "configuration", isFine: true, detail: "valid"),
      ReadinessCheck(name: "state", isFine: stateIsOpen, detail: stateIsOpen ? "open" : "cannot be read"),
      ReadinessCheck(name: "token", isFine: hasHadToken, detail: hasHadToken ? "obtained" : "none from Entra ID yet"),
      ReadinessCheck(name: "draining", isFine: !isDraining, detail: isDraining ? "the service is stopping" : "no"),
      ReadinessCheck(name: "queue", isFine: !isFull, detail: isFull ? "full" : "has room"),
    ]
  }

  private func metricsText() -> String {
    let queue = job.queue.statistics
    metrics.set(Metric.depth, to: Double(queue.ready + queue.delayed))
    metrics.set(Metric.adds, to: Double(queue.adds))
    metrics.set(Metric.retries, to: Double(queue.retries))
    metrics.set(Metric.unfinishedWork, to: queue.unfinishedWork.inSeconds)
    metrics.set(Metric.removalsHeld, to: Double(job.heldRemovals))
    metrics.set(Metric.quarantined, to: job.quarantine == nil ? 0 : 1)
    metrics.set(Metric.longestRunning, to: queue.longestRunning.inSeconds)
    return metrics.text()
  }
}
