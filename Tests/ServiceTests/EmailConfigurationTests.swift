import HTTPTransport
import Service
import Testing

@Suite struct EmailConfigurationTests {
  private func load(_ email: String, environment: [String: String] = [:]) throws(InvalidConfiguration) -> Settings {
    try SampleConfiguration.load("notifications: {email: {\(email)}}", environment: environment).settings
  }

  @Test("a whole section")
  func whole() throws {
    let email = try load(
      "smtpUrl: smtp://mail.example.com:587, from: Rollcall <rollcall@example.com>, to: [a@example.com, b@example.com], username: u, passwordFile: /p"
    ).email
    #expect(email?.smtpURL == "smtp://mail.example.com:587" && email?.from.name == "Rollcall")
    #expect(email?.to.map(\.mailbox) == ["a@example.com", "b@example.com"])
    #expect(email?.username == "u" && email?.password == .file("/p"))
  }

  @Test("nothing given is no mail; from the environment it can come as well")
  func environment() throws {
    #expect(try load("").email == nil)
    let email = try load(
      "smtpUrl: smtp://x, from: a@x, username: u",
      environment: [
        "ROLLCALL_NOTIFICATIONS_EMAIL_TO": "a@example.com, b@example.com", "ROLLCALL_NOTIFICATIONS_EMAIL_PASSWORD": "p",
      ]
    ).email
    #expect(email?.to.count == 2 && email?.password == .value("p"))
  }

  @Test(
    "each of these is an error at its key",
    arguments: [
      ("from: a@x, to: [b@x]", "smtpUrl"), ("smtpUrl: http://x, from: a@x, to: [b@x]", "smtpUrl"),
      ("smtpUrl: \"smtp://user:password@x\", from: a@x, to: [b@x]", "smtpUrl"),
      ("smtpUrl: smtp://, from: a@x, to: [b@x]", "smtpUrl"), ("smtpUrl: smtp://x/y, from: a@x, to: [b@x]", "smtpUrl"),
      ("smtpUrl: smtp://x, to: [b@x]", "from"), ("smtpUrl: smtp://x, from: a@x", "to"),
      ("smtpUrl: smtp://x, from: nobody, to: [b@x]", "from"), ("smtpUrl: smtp://x, from: a@x, to: [b@x, c]", "to"),
      ("smtpUrl: smtp://x, from: \"a@x\\r\\nBcc: c@x\", to: [b@x]", "from"),
      ("smtpUrl: smtp://x, from: a@x, to: [b@x], username: u", "passwordFile"),
      ("smtpUrl: smtp://x, from: a@x, to: [b@x], passwordFile: /p", "username"),
    ])
  func mistakes(email: String, key: String) {
    do throws(InvalidConfiguration) {
      _ = try load(email)
      Issue.record("it was taken")
    } catch {
      #expect(error.problems.map(\.key).contains("notifications.email.\(key)"), "\(error)")
      #expect(!"\(error)".contains("user:password"))
    }
  }
}
