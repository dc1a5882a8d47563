import Logging
import MicrosoftGraph
import ProvisioningModel
import Synchronization

/// Looks after the subscriptions while the service runs: on start, on schedule and whenever Graph says something about one; and tells
/// operators when one is lost.
actor SubscriptionRunner {
  private let keeper: SubscriptionKeeper<ContinuousClock>
  private let interval: Duration
  private let wall: any WallClock
  private let logger: Logger
  private let metrics: MetricsRegistry
  private let mailer: Mailer<ContinuousClock>?
  /// More are not remembered; a look at all subscriptions follows anyway.
  private static let maxPending = 100
  private static let cycleInterval = Duration.seconds(60)

  private let requestCycle: @Sendable () -> Void
  /// What Graph said and nothing was done about yet: it has its answer already.
  private let pending = Mutex<Set<NotificationBatch.Lifecycle>>([])
  private var cycles = RequestPacing<ContinuousClock.Instant>(interval: cycleInterval)
  private var isCycleDue = false
  private let ignored = SummedLog()
  private let checks: AsyncStream<Void>
  private let check: AsyncStream<Void>.Continuation
  private var watch = SubscriptionWatch(resources: WantedSubscription.resources)
  /// By resource, to see that another one was made.
  private var ids: [String: String] = [:]
  private var failures = 0

  /// - Parameter interval: Between looks, when nothing else calls for one; ten minutes at most.
  init(
    _ keeper: SubscriptionKeeper<ContinuousClock>, interval: Duration, wall: any WallClock, logger: Logger,
    metrics: MetricsRegistry, mailer: Mailer<ContinuousClock>?, requestCycle: @escaping @Sendable () -> Void
  ) {
    self.keeper = keeper
    self.interval = min(interval, .seconds(600))
    self.wall = wall
    self.logger = logger
    self.metrics = metrics
    self.mailer = mailer
    self.requestCycle = requestCycle
    (checks, check) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Looks after the subscriptions at once.
  nonisolated func lookNow() {
    check.yield()
  }

  /// What Graph says about subscriptions is seen to soon.
  nonisolated func note(_ events: [NotificationBatch.Lifecycle]) {
    guard !events.isEmpty else { return }
    pending.withLock { pending in
      for event in events where pending.count < Self.maxPending { pending.insert(event) }
    }
    check.yield()
  }

  /// Until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      await handlePending()
      await lookAfter()
      askForCycle()
      await waitForCheck(atMost: await pause())
    }
  }

  private func handlePending() async {
    let events = pending.withLock { pending in
      defer { pending = [] }
      return pending
    }
    guard !events.isEmpty else { return }
    do throws(Failure) {
      let known = try await keeper.known()
      let ours = events.filter { known.contains($0.subscriptionID) }
      if ours.count < events.count, let count = ignored.add(events.count - ours.count) {
        logger.warning(
          "Lifecycle notifications about subscriptions that are not on record were ignored.",
          metadata: ["count": "\(count)"])
      }
      for event in ours { try await handle(event) }
    } catch {
      logger.warning("A lifecycle notification cannot be recorded: \(error.reason)", metadata: error.metadata)
      isCycleDue = true
    }
  }

  /// What Graph says about a subscription (docs/reference/microsoft-graph.md, "Lifecycle notifications").
  private func handle(_ event: NotificationBatch.Lifecycle) async throws(Failure) {
    logger.info(
      "Lifecycle notification",
      metadata: ["event": "\(event.event.rawValue)", "subscriptionId": "\(event.subscriptionID)"])
    switch event.event {
    case .reauthorizationRequired: await keeper.renewalIsAskedFor(event.subscriptionID)
    case .subscriptionRemoved:
      isCycleDue = true
      try await keeper.wasRemoved(event.subscriptionID)
    case .missed: isCycleDue = true
    }
  }

  /// At most one a minute: every caller who knows the client state can cause it.
  private func askForCycle() {
    guard isCycleDue else { return }
    isCycleDue = false
    guard let wait = cycles.ask(at: .now) else { return }
    guard wait > .zero else { return requestCycle() }
    Task {
      try? await Task.sleep(for: wait)
      self.cycles.made()
      self.requestCycle()
    }
  }

  private func lookAfter() async {
    var failure: Failure?
    do throws(Failure) {
      try await keeper.ensure()
      failures = 0
    } catch {
      if error.remedy == .cancelled { return }
      failure = error
      failures += 1
      logger.error(
        "A subscription cannot be kept: \(error.reason) The cycles go on without it.", metadata: error.metadata)
    }
    note(await keeper.records, failure)
  }

  private func note(_ records: [SubscriptionRecord], _ failure: Failure?) {
    let now = wall.now
    for record in records {
      metrics.set(
        Metric.subscriptionExpiration, to: Double(record.expiration.milliseconds) / 1000, record.resource)
    }
    for event in watch.note(records, failure, now: now) {
      switch event {
      case .lost(let resource, _):
        metrics.set(Metric.subscriptionExpiration, to: 0, resource)
        logger.error(
          "The subscription is lost; changes are found by cycles only.", metadata: ["resource": "\(resource)"])
      case .restored(let resource):
        logger.notice("The subscription stands again.", metadata: ["resource": "\(resource)"])
      }
      mailer?.post(OperatorMail(event))
    }
    let new = Dictionary(records.map { ($0.resource, $0.id) }) { first, _ in first }
    // What changed between the end of the old one and the new one was not notified.
    if new.contains(where: { ids[$0.key] != nil && ids[$0.key] != $0.value }) { isCycleDue = true }
    ids.merge(new) { _, new in new }
  }

  private func pause() async -> Duration {
    guard failures == 0 else { return .seconds(min(60, 2 << min(failures, 5))) }
    return max(.seconds(1), min(interval, await keeper.nextCheck - wall.now))
  }

  private func waitForCheck(atMost wait: Duration) async {
    let timer = Task { [check] in
      try await Task.sleep(for: wait)
      check.yield()
    }
    _ = await checks.first { _ in true }
    timer.cancel()
  }
}
