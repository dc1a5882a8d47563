import HTTPTransport
import Logging
import ProvisioningModel
import Reconciler
import Synchronization
import TestSupport
import Testing
@testable import Service

@Suite("What the log says of a failure: what was sent, what came back, what to do")
struct FailureLogTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var upstream: String
    var method: String
    var route: String
    var status: Int?
    var testDescription: String { "\(upstream) \(status.map(String.init) ?? "no answer")" }
  }

  static let rows = [
    Row(upstream: "graph", method: "GET", route: "/users/{id}", status: 403),
    Row(upstream: "graph", method: "POST", route: "/$batch", status: 503),
    Row(upstream: "login", method: "POST", route: "/{tenant}/oauth2/v2.0/token", status: 401),
    Row(upstream: "xmatters", method: "POST", route: "/people", status: 409),
    Row(upstream: "xmatters", method: "DELETE", route: "/people/{id}", status: nil),
  ]

  @Test("Given a failed run, its line has the request, the answer, the code and the advice; no name", arguments: rows)
  func run(row: Row) throws {
    let lines = Lines()
    let failure = Failure(
      .escrow, .badRequest, "It was refused.", advice: "Mend it.",
      exchange: Exchange(
        upstream: row.upstream, method: row.method, route: row.route, status: row.status,
        message: row.status.map { "Code\($0)" }))
    var entry = ProvisioningLogEntry.sample(1, action: .create, status: .failure, failure: failure)
    entry.modifiedProperties = [.init(name: "firstName", oldValue: nil, newValue: "Ada")]
    let observer = ServiceObserver(
      metrics: MetricsRegistry(), logger: lines.logger, clock: FixedClock(), onRun: nil)
    observer.ran(
      RunReport(
        record: RunRecord(objectID: .sample(1), escrow: .unchanged, entry: entry), account: entry, failure: failure),
      latency: nil)
    let line = try #require(lines.all.first)
    #expect(line.level == .warning && line.message == "Provisioning failed: It was refused.")
    #expect(line.metadata["request"] == "\(row.method) \(row.route)")
    #expect(line.metadata["upstream"] == .string(row.upstream))
    #expect(line.metadata["httpStatus"] == row.status.map { .string("\($0)") })
    #expect(line.metadata["upstreamError"] == row.status.map { .string("Code\($0)") })
    #expect(line.metadata["errorCode"] == .string(ErrorCode.badRequest.rawValue))
    #expect(line.metadata["advice"] == "Mend it.")
    #expect(line.metadata["objectId"] == .string(ObjectID.sample(1).rawValue))
    for name in ["Ada", "Lovelace", "user1@example.org"] { #expect(!"\(line)".contains(name)) }
  }
}

/// Keeps what is logged.
private final class Lines: Sendable {
  struct Line: Sendable {
    var level: Logger.Level
    var message: String
    var metadata: Logger.Metadata
  }

  private let lines = Mutex<[Line]>([])

  var all: [Line] { lines.withLock { $0 } }
  var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

  private struct Handler: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      lines.lines.withLock {
        $0.append(Line(level: event.level, message: "\(event.message)", metadata: event.metadata ?? [:]))
      }
    }
  }
}
