import Logging
import MicrosoftGraph
import ProvisioningModel
import Synchronization

/// Looks every minute at how long the credential for Entra ID is good for, and warns in time.
final class CredentialRunner: Sendable {
  private struct Condition {
    var watch = CredentialWatch()
    var life: CredentialLife?
  }

  private static let interval = Duration.seconds(60)

  private let name: String
  private let life: @Sendable () async -> CredentialLife?
  private let wall: any WallClock
  private let logger: Logger
  private let metrics: MetricsRegistry
  private let mailer: Mailer<ContinuousClock>?
  private let condition = Mutex(Condition())

  /// - Parameters:
  ///   - name: The key that names the credential.
  ///   - life: Nil when it cannot be told.
  init(
    name: String, life: @escaping @Sendable () async -> CredentialLife?, wall: any WallClock, logger: Logger,
    metrics: MetricsRegistry, mailer: Mailer<ContinuousClock>?
  ) {
    self.name = name
    self.life = life
    self.wall = wall
    self.logger = logger
    self.metrics = metrics
    self.mailer = mailer
  }

  /// When the credential ends, if that can be told.
  var expiration: Timestamp? { condition.withLock { $0.life?.end } }

  /// Until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      await look()
      try? await Task.sleep(for: Self.interval)
    }
  }

  func look() async {
    guard let life = await life() else { return }
    // One that is replaced by itself is always about to end, as it should.
    if life.whole == nil { metrics.set(Metric.credentialExpiration, to: Double(life.end.milliseconds) / 1000) }
    let event = condition.withLock { condition in
      condition.life = life
      return condition.watch.note(life, now: wall.now)
    }
    guard let event else { return }
    let metadata: Logger.Metadata = ["credential": "\(name)", "expires": "\(life.end)"]
    switch event {
    case .ending: logger.warning("A credential comes to its end: replace it in time.", metadata: metadata)
    case .ended: logger.error("A credential has ended: nothing can be read from the directory.", metadata: metadata)
    case .replaced: logger.notice("A credential has been replaced.", metadata: metadata)
    }
    if let mail = OperatorMail(event, credential: name) { mailer?.post(mail) }
  }
}
