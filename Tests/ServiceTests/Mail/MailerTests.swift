import HTTPTransport
import Logging
import ProvisioningModel
import Synchronization
import TestSupport
import Testing
@testable import Service

@Suite(.timeLimit(.minutes(5))) struct MailerTests {
  private let clock = ManualClock()
  private let metrics = MetricsRegistry()

  private final class Server: Sendable {
    let outcomes: Mutex<[MailError?]>
    let seen = Mutex<[MailMessage]>([])

    init(_ outcomes: [MailError?]) {
      self.outcomes = Mutex(outcomes)
    }

    func take(_ message: MailMessage) throws {
      seen.withLock { $0.append(message) }
      let error = outcomes.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      if let error { throw error }
    }
  }

  private func mailer(_ server: Server) -> Mailer<ManualClock> {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return Mailer(
      Settings.Email(
        smtpURL: "smtp://x", from: MailAddress("from@example.com")!,
        to: [MailAddress("a@example.com")!, MailAddress("b@example.com")!], username: nil, password: nil),
      instance: "acme.xmatters.com", clock: clock, wall: FixedClock(), logger: logger, metrics: metrics
    ) { try server.take($0) }
  }

  private func eventually(_ condition: () -> Bool) async {
    for _ in 0..<100_000 where !condition() { await Task.yield() }
    #expect(condition())
  }

  @Test("a mail names the instance, the time, the reason and what to do, and goes to everybody once")
  func content() async throws {
    let server = Server([])
    let mailer = mailer(server)
    let task = Task { await mailer.run() }
    let failure = Failure(
      .quarantine, .credentialValidation, "xMatters answered 401.", advice: "Check the password.",
      exchange: Exchange(upstream: "xmatters", method: "GET", route: "/people", status: 401, message: "Unauthorized"))
    mailer.post(OperatorMail(.lost(resource: "/users", failure)))
    await eventually { server.seen.withLock { $0.count } == 1 }
    task.cancel()
    await task.value
    let message = try #require(server.seen.withLock { $0.first })
    #expect(message.subject == "[Rollcall acme.xmatters.com] the subscription to /users is lost")
    #expect(message.to.map(\.mailbox) == ["a@example.com", "b@example.com"])
    for part in [
      "xMatters answered 401.", "GET /people", "HTTP 401, Unauthorized", "SystemForCrossDomainIdentityManagement",
      "What to do: Check the password.", "Meanwhile: ", "Rollcall for acme.xmatters.com, \(FixedClock().now)",
    ] {
      #expect(message.body.contains(part), "\(part)")
    }
    #expect(metrics.text().contains("rollcall_mails_total{result=\"sent\"} 1"))
  }

  @Test("while the server is down mails wait, and leave when it is back, each once")
  func down() async throws {
    let down = MailError(transport: TransportError(.connect), reply: nil)
    let server = Server([down, down, nil])
    let mailer = mailer(server)
    let task = Task { await mailer.run() }
    mailer.post(OperatorMail(.restored(resource: "/users")))
    for (tries, pause) in [(1, Outbox.pauses[0]), (2, Outbox.pauses[1])] {
      await eventually { server.seen.withLock { $0.count } == tries }
      #expect(await clock.waitForSleepers(1))
      clock.advance(by: pause)
    }
    await eventually { server.seen.withLock { $0.count } == 3 }
    task.cancel()
    await task.value
    #expect(Set(server.seen.withLock { $0.map(\.id) }).count == 1, "the same Message-ID each time")
  }
}
