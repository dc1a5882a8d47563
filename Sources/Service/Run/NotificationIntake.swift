import Dispatch
import Logging
import MicrosoftGraph
import Synchronization
import SynchronizationJob
import WorkQueue

/// Takes what Graph posts: sifts it, queues all of it or nothing, and counts.
struct NotificationIntake: Sendable {
  private static let largeBody = 128 << 10
  /// One large body at a time, as its tree takes several times its size.
  private static let largeBodies = DispatchQueue(label: "rollcall.large-bodies")

  let job: Job<ContinuousClock>
  /// Nil while it is not known.
  let tenantID: @Sendable () async -> String?
  /// Nil when no notifications are expected: none has the right client state then.
  let clientState: ClientState?
  let subscriptions: SubscriptionRunner?
  let silence: SilenceRunner?
  let metrics: MetricsRegistry
  let logger: Logger
  /// Anybody can post; not everybody may fill the log.
  private let dropped = DropLog()

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

  func take(_ body: [UInt8]) async -> Intake {
    let clientStates: [String]
    do {
      clientStates = try await clientState?.accepted() ?? []
    } catch {
      // Nothing can be told from anything else, and nothing may be lost: Graph sends it again.
      logger.error("Notifications cannot be checked: \(error).")
      metrics.add(to: Metric.notifications, "refused")
      return .unchecked
    }
    let batch: NotificationBatch
    do throws(NotificationBatch.Malformed) {
      batch = try await sift(body, clientStates)
    } catch {
      metrics.add(to: Metric.notifications, "rejected")
      return .malformed(error.description)
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
    for (event, subscription) in batch.lifecycle { await subscriptions?.handle(event, subscription) }
  }

  /// A large body takes its time: everybody else would wait for it.
  private func sift(
    _ body: [UInt8], _ clientStates: [String]
  ) async throws(NotificationBatch.Malformed) -> NotificationBatch {
    let tenantID = await tenantID()
    guard body.count > Self.largeBody else {
      return try NotificationBatch(parsing: body, clientStates: clientStates, tenantID: tenantID)
    }
    return try await offPool(on: Self.largeBodies) {
      Result { () throws(NotificationBatch.Malformed) in
        try NotificationBatch(parsing: body, clientStates: clientStates, tenantID: tenantID)
      }
    }.get()
  }
}

/// Sums up what would be said too often.
private final class DropLog: Sendable {
  private static let interval = Duration.seconds(60)

  private let state = Mutex((count: 0, saidAt: ContinuousClock.Instant?.none))

  /// - Returns: How many there were since it was said last, when it is to be said again.
  func add(_ count: Int) -> Int? {
    state.withLock { state in
      state.count += count
      if let saidAt = state.saidAt, saidAt.duration(to: .now) < Self.interval { return nil }
      defer { state = (0, .now) }
      return state.count
    }
  }
}
