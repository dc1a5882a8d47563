import HTTPTransport
import Synchronization
import Testing

/// Mail over a real socket, to a server that says what the test wants. A server that others wrote stands in the acceptance tests.
@Suite(.timeLimit(.minutes(5))) struct MailTransferTests {
  private static let message = MailMessage(
    from: MailAddress("from@example.com")!, to: [MailAddress("a@example.com")!, MailAddress("b@example.com")!],
    subject: "Subject", body: ".\n.a line with a dot\nend", id: "1", date: 0)

  /// What the server was told, and what became of the mail.
  private func send(
    _ message: MailMessage = message, replies: [String: String] = [:], login: (String, String)? = nil
  ) async throws -> (lines: [String], error: MailError?) {
    let server = try LineServer(replies: replies)
    var configuration = HTTPClient.Configuration()
    configuration.proxy = ""
    let client = try HTTPClient(configuration)
    var error: MailError?
    do {
      try await client.send(message, through: MailServer(url: server.url, login: login), timeout: .seconds(10))
    } catch let failure as MailError {
      error = failure
    }
    await client.shutdown()
    server.stop()
    return (server.lines, error)
  }

  @Test("envelope and message arrive whole, lines that begin with a dot included")
  func arrives() async throws {
    let (lines, error) = try await send()
    #expect(error == nil)
    #expect(lines.contains("MAIL FROM:<from@example.com>"))
    #expect(lines.contains("RCPT TO:<a@example.com>") && lines.contains("RCPT TO:<b@example.com>"))
    let start = try #require(lines.firstIndex(of: "")) + 1
    #expect(Array(lines[start...].prefix(4)) == ["..", "..a line with a dot", "end", "."])
    #expect(lines.last == "QUIT")
  }

  @Test("a login is made where one is configured")
  func login() async throws {
    let (lines, error) = try await send(
      replies: ["EHLO": "250-hello\r\n250 AUTH PLAIN"], login: ("user", "secret"))
    #expect(error == nil)
    #expect(lines.contains("AUTH PLAIN") && lines.contains("AHVzZXIAc2VjcmV0"))
  }

  @Test(
    "what the server says against it is told, with whether to try again",
    arguments: [
      ("AUTH", "535 no", 535, false), ("RCPT", "550 unknown", 550, false), ("RCPT", "451 later", 451, true),
      ("MAIL", "553 sender", 553, false), (".", "554 spam", 554, false), (".", "452 full", 452, true),
      ("greeting", "421 busy", 421, true),
    ])
  func refusals(command: String, reply: String, code: Int, isPassing: Bool) async throws {
    var replies = ["EHLO": "250-hello\r\n250 AUTH PLAIN"]
    replies[command] = reply
    let (_, error) = try await send(replies: replies, login: ("user", "secret"))
    #expect(error?.reply == code, "\(String(describing: error))")
    #expect(error?.isPassing == isPassing)
    #expect("\(String(describing: error))".contains("secret") == false)
  }

  @Test("a server that is not there can be tried again")
  func down() async throws {
    let client = try HTTPClient()
    await #expect(throws: MailError(transport: TransportError(.connect, code: 7), reply: nil)) {
      try await client.send(Self.message, through: MailServer(url: "smtp://127.0.0.1:1"))
    }
    await client.shutdown()
  }

  @Test(
    "an address that is none is refused before anything is sent", arguments: ["smtp://", "http://127.0.0.1:1", "x"])
  func wrongURL(url: String) async throws {
    let client = try HTTPClient()
    let result = await Result { try await client.send(Self.message, through: MailServer(url: url)) }
    await client.shutdown()
    #expect(throws: MailError.self) { try result.get() }
  }
}

extension Result where Failure == any Error {
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
