import Logging
import MicrosoftGraph
import SynchronizationJob
import WorkQueue

/// Takes what Graph posts: sifts it, queues all of it or nothing, and counts.
struct NotificationIntake: Sendable {
  let job: Job<ContinuousClock>
  /// Nil while it is not known.
  let tenantID: @Sendable () async -> String?
  private let sieve = NotificationSieve()
  /// Nil when no notifications are expected: none has the right client state then.
  let clientState: ClientState?
  let subscriptions: SubscriptionRunner?
  let silence: SilenceRunner?
  let metrics: MetricsRegistry
  let logger: Logger
  private let dropped = SummedLog()
  private let oversized = SummedLog()
  private let unchecked = SummedLog()

  init(
    job: Job<ContinuousClock>, tenantID: @escaping @Sendable () async -> String?, clientState: ClientState?,
    subscriptions: SubscriptionRunner?,
    silence: SilenceRunner?, metrics: MetricsRegistry, logger: Logger
  ) {
    self.job = job
    self.tenantID = tenantID
    self.clientState = clientState
    self.subscriptions = subscriptions
    self.silence = silence
    self.metrics = metrics
    self.logger = logger
  }

  func take(_ body: ReceivedBody) async -> Intake {
    let clientStates: [String]
    do {
      clientStates = try await clientState?.accepted() ?? []
    } catch {
      // Nothing can be told from anything else, and nothing may be lost: Graph sends it again.
      if let count = unchecked.add(1) {
        logger.error("Notifications cannot be checked and are put off: \(error).", metadata: ["count": "\(count)"])
      }
      metrics.add(to: Metric.notifications, "refused")
      return .unchecked
    }
    let batch: NotificationBatch
    switch await sieve.sift(body, clientStates: clientStates, tenantID: await tenantID()) {
    case .batch(let sifted): batch = sifted
    case .malformed(let why):
      metrics.add(to: Metric.notifications, "rejected")
      return .malformed(why)
    case .oversized(let why):
      metrics.add(to: Metric.notifications, "oversized")
      if let count = oversized.add() {
        logger.warning("Bodies with too many notifications were refused.", metadata: ["count": "\(count)"])
      }
      return .oversized(why)
    case .noRoom:
      metrics.add(to: Metric.notifications, "refused")
      return .noRoom
    }
    await job.noteDeleted(batch.deleted)
    switch job.notify(batch.changed) {
    case .full:
      metrics.add(Double(batch.accepted), to: Metric.notifications, "refused")
      return .full
    case .closed:
      metrics.add(Double(batch.accepted), to: Metric.notifications, "refused")
      return .draining
    case .added, .merged: break
    }
    await count(batch)
    return .accepted
  }

  private func count(_ batch: NotificationBatch) async {
    if !batch.changed.isEmpty { silence?.heard() }
    if batch.accepted > 0 { metrics.add(Double(batch.accepted), to: Metric.notifications, "accepted") }
    if batch.dropped > 0 {
      metrics.add(Double(batch.dropped), to: Metric.notifications, "rejected")
      if let count = dropped.add(batch.dropped) {
        logger.warning(
          "Notifications with a wrong client state, tenant or form were dropped.", metadata: ["count": "\(count)"])
      }
    }
    subscriptions?.note(batch.lifecycle)
  }
}
