import HTTPTransport
import Logging
import ProvisioningModel
import Synchronization

/// Sends what operators are to be told, one after the other, and again when the mail server cannot be reached (`Outbox`).
final class Mailer<C: Clock>: Sendable where C.Duration == Duration {
  private let settings: Settings.Email
  /// Which of several Rollcalls it is, for subjects and bodies.
  private let instance: String
  private let clock: C
  private let origin: C.Instant
  private let wall: any WallClock
  private let logger: Logger
  private let metrics: MetricsRegistry
  private let send: @Sendable (MailMessage) async throws -> Void
  private let outbox = Mutex(Outbox())
  private let wakes: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation

  /// - Parameter send: Sends one message; throws `MailError` when it could not.
  init(
    _ settings: Settings.Email, instance: String, clock: C, wall: any WallClock, logger: Logger,
    metrics: MetricsRegistry, send: @escaping @Sendable (MailMessage) async throws -> Void
  ) {
    self.settings = settings
    self.instance = instance
    self.clock = clock
    origin = clock.now
    self.wall = wall
    self.logger = logger
    self.metrics = metrics
    self.send = send
    (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  private var now: Duration { origin.duration(to: clock.now) }

  /// Takes a mail; never waits.
  func post(_ mail: OperatorMail) {
    let message = MailMessage(
      from: settings.from, to: settings.to, subject: "[Rollcall \(instance)] \(mail.subject)",
      body: mail.body(time: wall.now, instance: instance), id: Self.messageID(), date: wall.now.milliseconds / 1000)
    let dropped = outbox.withLock { $0.add(message, kind: mail.kind, now: now) }
    if let dropped {
      metrics.add(to: Metric.mails, "dropped")
      logger.error("A mail was dropped: too many wait for the mail server.", metadata: ["mail": "\(dropped)"])
    }
    wake.yield()
  }

  /// Sends until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      switch outbox.withLock({ $0.next(now: now) }) {
      case .send(let entry): await attempt(entry)
      case .wait(let time): await waitForPost(until: time)
      case .idle: await waitForPost(until: nil)
      }
    }
    let left = outbox.withLock { $0.count }
    if left > 0 { logger.warning("Mails were not sent before the end.", metadata: ["count": "\(left)"]) }
  }

  private func waitForPost(until time: Duration?) async {
    let timer = time.map { time in
      Task { [clock, wake, origin] in
        try await clock.sleep(until: origin.advanced(by: time), tolerance: nil)
        wake.yield()
      }
    }
    _ = await wakes.first { _ in true }
    timer?.cancel()
  }

  private func attempt(_ entry: Outbox.Entry) async {
    var failure: (any Error)?
    do {
      try await send(entry.message)
    } catch {
      if Task.isCancelled { return }
      failure = error
    }
    // Whatever else there is, such as a password file that cannot be read, may be mended.
    let isPassing = failure.map { ($0 as? MailError)?.isPassing ?? true }
    let fate = outbox.withLock { $0.settle(entry, failedInPassing: isPassing, now: now) }
    report(entry, fate, failure)
  }

  private func report(_ entry: Outbox.Entry, _ fate: Outbox.Fate, _ failure: (any Error)?) {
    let metadata: Logger.Metadata = ["mail": "\(entry.kind)", "recipients": "\(settings.to.count)"]
    switch fate {
    case .sent:
      metrics.add(to: Metric.mails, "sent")
      logger.info("Mail sent", metadata: metadata)
    case .triedAgain(let pause):
      metrics.add(to: Metric.mails, "failed")
      logger.warning(
        "A mail could not be sent: \(Self.describe(failure)). It is tried again in \(DurationText.describe(pause)).",
        metadata: metadata)
    case .givenUp:
      metrics.add(to: Metric.mails, "failed")
      logger.error(
        "A mail is given up: \(Self.describe(failure)). Check notifications.email.", metadata: metadata)
    }
  }

  private static func describe(_ failure: (any Error)?) -> String {
    failure.map { "\($0)" } ?? "it is not known why"
  }

  private static func messageID() -> String {
    "rollcall-" + String(UInt64.random(in: .min ... .max), radix: 16)
  }
}
