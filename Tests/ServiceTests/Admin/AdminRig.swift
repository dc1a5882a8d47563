import Console
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore
import ProvisioningModel
import Synchronization
import TestSupport
import Testing
@testable import Service

/// The listener's answers over a state in memory, without sockets.
struct AdminRig {
  static let token = "correct horse"
  static let readToken = "battery staple"

  let state = MemoryState()
  let job = ScriptedJob()
  /// Moves the life of sessions.
  let clock = ManualClock()
  /// For how long answers to wrong tokens waited.
  let waits = Waits()
  let listener: Listener

  /// - Parameters:
  ///   - token: Nil leaves the admin API off.
  ///   - isTLS: Whether the listener itself speaks it.
  init(
    token: SecretSource? = .value(AdminRig.token), readToken: SecretSource = .value(AdminRig.readToken),
    isTLS: Bool = false, publicURL: String? = nil, desk: SignInDesk? = nil,
    memory: MemoryBudget = .init(bytes: 1 << 20)
  ) throws {
    let settings = try Self.settings
    let identity = JobIdentity(settings)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let state = state
    let job = job
    let clock = clock
    let sessions = SessionBook(uptime: { clock.now.offset })
    let cookies = SessionCookie(isTLS: isTLS, publicURL: publicURL)
    let waits = waits
    listener = Listener(
      delegate: ListenerDelegate(
        take: { _ in .accepted }, readiness: { [] }, isAlive: { true }, metrics: { "" }),
      admin: token.map { token in
        AdminAPI(
          gate: AdminGate(
            keys: [
              .init(caller: Caller(role: .admin, name: "admin token"), token: Secret(token, recheck: .zero)),
              .init(caller: Caller(role: .reader, name: "read token"), token: Secret(readToken, recheck: .zero)),
            ],
            sessions: sessions, cookies: cookies,
            failures: TokenFailures(uptime: { clock.now.offset }, sleep: { waits.note($0) }), logger: logger),
          page: ConsolePage(offersAccounts: desk != nil),
          signIn: desk.map { SignInResource(desk: $0, sessions: sessions, cookies: cookies) },
          job: JobResource(operations: job.operations, identity: identity, logger: logger),
          provisioning: ProvisioningResource(
            state: state, identity: identity),
          connections: ConnectionsResource(state: state, logger: logger),
          escrows: EscrowsResource(state: state, tryAgain: { try job.take(.retryEscrows($0)) }),
          removals: RemovalsResource(
            operations: .init(
              list: { job.removals }, allow: { try job.take(.allow($0)) }, keep: { try job.take(.keep($0)) }),
            logger: logger),
          orphans: OrphansResource(state: state, prefix: "entra:"),
          audit: AuditResource(state: state, clock: FixedClock(), logger: logger),
          people: PeopleResource(
            state: state, identity: identity,
            operations: .init(
              standing: { job.standings[$0] }, openRemovals: { job.removals },
              compare: { job.comparisons[$0] })),
          configuration: ConfigurationResource(values: settings.effective),
          statistics: StatisticsResource(state: state, clock: FixedClock(), freshness: job.freshness),
          bodies: BodyReader(maxBytes: 1000, memory: memory),
          logger: logger)
      }, bodies: BodyReader(maxBytes: 1000, memory: memory))
  }

  static var settings: Settings {
    get throws {
      let yaml = """
        directory: {tenantId: t, clientId: c, clientSecretFile: /s, application: {appId: a}}
        xmatters: {url: https://acme.xmatters.com, username: rollcall, passwordFile: /p}
        """
      return try SettingsLoader.load(yaml: yaml, file: "test.yaml", environment: [:]).settings
    }
  }

  @discardableResult
  func call(
    _ method: HTTPRequest.Method, _ path: String, body: String? = nil, token: String? = AdminRig.token,
    accept: String? = nil, contentType: String? = "application/json", host: String = "localhost",
    headers: [String: String] = [:], address: String? = "192.0.2.7"
  ) async -> Answer {
    var head = HTTPRequest(method: method, scheme: "http", authority: host, path: path)
    for (name, value) in headers { head.headerFields[named: name] = value }
    head.headerFields[.authorization] = token.map { "Bearer \($0)" }
    head.headerFields[.accept] = accept
    head.headerFields[.contentType] = body == nil ? nil : contentType
    return await listener.answer(
      Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body ?? ""))), from: address)
  }

  func record(_ entry: ProvisioningLogEntry) async throws {
    try await state.record(RunRecord(objectID: entry.objectID, link: .unchanged, escrow: .clear, entry: entry))
  }
}

/// Notes waits instead of sitting them out.
final class Waits: Sendable {
  private let noted = Mutex<[Duration]>([])

  var all: [Duration] { noted.withLock { $0 } }

  func note(_ wait: Duration) { noted.withLock { $0.append(wait) } }
}

extension Answer {
  var json: JSON {
    get throws { try JSON(parsing: body) }
  }

  var text: String { String(decoding: body, as: UTF8.self) }

  /// The `error.code` of the body.
  var errorCode: String? {
    (try? json)?["error"]?["code"]?.string
  }

  /// One text of each item of a page.
  func values(_ name: String) throws -> [String?] {
    try (json["value"]?.elements.map { $0[name]?.string }) ?? []
  }

  /// The path and query of the next page.
  var nextLink: String? { (try? json)?["nextLink"]?.string }
}

extension ProvisioningLogEntry {
  static func sample(
    _ number: Int, action: Action = .update, status: Status = .success, sourceName: String? = "Ada Lovelace",
    changes: [ModifiedProperty] = [], failure: Failure? = nil
  ) -> ProvisioningLogEntry {
    ProvisioningLogEntry(
      id: "entry-\(number)", time: FixedClock.start + .seconds(number), cycleID: "cycle-1", action: action,
      status: status, duration: .milliseconds(7), objectID: .sample(number), kind: .user, sourceName: sourceName,
      targetID: TargetID("person-\(number)"), targetName: "user\(number)@example.org",
      steps: [.init(.import, "EntryImport", .success, "Read.", details: ["key": "value"])],
      modifiedProperties: changes, failure: failure)
  }
}
