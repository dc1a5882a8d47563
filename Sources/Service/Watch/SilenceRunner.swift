import Logging
import ProvisioningModel
import Synchronization
import SynchronizationJob

/// Tells operators when no notifications arrive although things change.
final class SilenceRunner: Sendable {
  private let watch: Mutex<SilenceWatch>
  private let wall: any WallClock
  private let logger: Logger
  private let mailer: Mailer<ContinuousClock>?

  init(wall: any WallClock, logger: Logger, mailer: Mailer<ContinuousClock>?) {
    watch = Mutex(SilenceWatch(now: wall.now))
    self.wall = wall
    self.logger = logger
    self.mailer = mailer
  }

  /// Nil as long as notifications arrive.
  var silentSince: Timestamp? { watch.withLock { $0.silentSince } }

  /// Notifications of changes were taken.
  func heard() {
    let now = wall.now
    tell(watch.withLock { $0.heard(at: now) })
  }

  func cycleEnded(_ report: CycleReport) {
    tell(watch.withLock { $0.cycleEnded(changes: report.changes, read: report.began) })
  }

  private func tell(_ event: SilenceWatch.Event?) {
    switch event {
    case nil: return
    case .silent(let since, let changes)?:
      logger.error(
        "No notifications arrive although things change: the cycles alone find them. Check listener.publicUrl.",
        metadata: ["since": "\(since)", "changes": "\(changes)"])
    case .heard?:
      logger.notice("Notifications arrive again.")
    }
    if let event { mailer?.post(OperatorMail(event)) }
  }
}
