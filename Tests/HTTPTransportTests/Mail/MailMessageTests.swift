import Foundation
import Testing

@testable import HTTPTransport

@Suite struct MailMessageTests {
  @Test(
    "addresses, with a name and without",
    arguments: [
      ("ops@example.com", "", "ops@example.com", "ops@example.com"),
      ("  Rollcall <rollcall@example.com> ", "Rollcall", "rollcall@example.com", "\"Rollcall\" <rollcall@example.com>"),
      ("\"Ops, Team\" <ops@example.com>", "Ops, Team", "ops@example.com", "\"Ops, Team\" <ops@example.com>"),
      ("Größe <g@example.com>", "Größe", "g@example.com", "=?utf-8?B?R3LDtsOfZQ==?= <g@example.com>"),
    ])
  func addresses(text: String, name: String, mailbox: String, header: String) throws {
    let address = try #require(MailAddress(text))
    #expect(address.name == name && address.mailbox == mailbox && address.headerText == header)
  }

  @Test(
    "nothing that could end a line, a command or an address is an address",
    arguments: [
      "", "ops", "@example.com", "ops@", "a@b@c", "ops@exa mple.com", "ops@example.com\r\nBcc: x@y.z",
      "Ops\r\nBcc: x@y.z <ops@example.com>", "ops@example.com>", "<ops@example.com", "a,b@example.com",
      "Ops \"x\\\" <ops@example.com>", "öps@example.com", String(repeating: "a", count: 260) + "@b",
    ])
  func injection(text: String) {
    #expect(MailAddress(text) == nil)
  }

  private func message(subject: String = "Subject", body: String = "Body") throws -> MailMessage {
    MailMessage(
      from: try #require(MailAddress("Rollcall <rollcall@example.com>")),
      to: [try #require(MailAddress("a@example.com")), try #require(MailAddress("b@example.com"))], subject: subject,
      body: body, id: "1-2", date: 784_111_777)
  }

  @Test("a message as it goes over the wire")
  func whole() throws {
    let text = String(decoding: try message(body: "One = 1\nZwei: ü").serialized, as: UTF8.self)
    #expect(
      text == """
        Date: Sun, 06 Nov 1994 08:49:37 +0000\r
        From: "Rollcall" <rollcall@example.com>\r
        To: a@example.com,\r
         b@example.com\r
        Subject: Subject\r
        Message-ID: <1-2@example.com>\r
        MIME-Version: 1.0\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Transfer-Encoding: quoted-printable\r
        Auto-Submitted: auto-generated\r
        \r
        One =3D 1\r
        Zwei: =C3=BC\r

        """)
  }

  @Test("a subject ends no header, whatever is in it")
  func subjects() throws {
    let lines = { (subject: String) in
      String(decoding: try message(subject: subject).serialized, as: UTF8.self).components(separatedBy: "\r\n")
    }
    #expect(try lines("a\r\nBcc: x@y.z").contains("Subject: a  Bcc: x@y.z"))
    #expect(try lines("=?utf-8?B?AA==?=").contains { $0.hasPrefix("Subject: =?utf-8?B?PT91") })
    let long = try lines(String(repeating: "größer ", count: 40))
    #expect(long.allSatisfy { $0.utf8.count <= 998 && $0.utf8.allSatisfy { $0 < 0x7f } })
    #expect(long.count { $0.hasPrefix(" =?utf-8?B?") } > 3)
    #expect(long.filter { $0.contains("=?utf-8?B?") }.allSatisfy { $0.utf8.count <= 85 })
  }

  @Test("encoded words hold whole characters, and together the whole text")
  func encodedWords() throws {
    let text = String(repeating: "é👩‍👩‍👧 日本", count: 20)
    var decoded: [UInt8] = []
    for word in MIME.encodedWords(text).components(separatedBy: "\r\n ") {
      let bytes = [UInt8](try #require(Data(base64Encoded: String(word.dropFirst(10).dropLast(2)))))
      #expect(String(validating: bytes, as: UTF8.self) != nil)
      decoded += bytes
    }
    #expect(String(decoding: decoded, as: UTF8.self) == text)
  }

  @Test(
    "lines of a body are short, end in CRLF, and no blank stands at an end",
    arguments: [
      ("a", "a\r\n"), ("a\nb", "a\r\nb\r\n"), ("a\r\nb\n", "a\r\nb\r\n\r\n"), ("a \t", "a =09\r\n"), (" ", "=20\r\n"),
      ("=", "=3D\r\n"), (String(repeating: "x", count: 80), String(repeating: "x", count: 75) + "=\r\nxxxxx\r\n"),
      (String(repeating: "x", count: 74) + "ü", String(repeating: "x", count: 74) + "=\r\n=C3=BC\r\n"),
    ])
  func quotedPrintable(text: String, expected: String) {
    #expect(String(decoding: MIME.quotedPrintable(text), as: UTF8.self) == expected)
  }

  @Test(
    "dates",
    arguments: [
      (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
      (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 +0000"), (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 +0000"),
    ] as [(Int64, String)])
  func dates(seconds: Int64, text: String) {
    #expect(HTTPDate.mailText(seconds) == text)
  }

  @Test(
    "a password needs TLS with a valid certificate, but for this machine",
    arguments: [
      ("smtp://mail.example.com:587", true, MailServer.Protection.required),
      ("smtp://mail.example.com:25", false, .opportunistic), ("smtps://mail.example.com", false, .required),
      ("smtp://127.0.0.1:2525", true, .opportunistic), ("smtps://localhost:465/", true, .opportunistic),
      ("smtp://localhost.example.com", true, .required), ("smtp://[::1]:25", true, .opportunistic),
    ])
  func protection(url: String, hasLogin: Bool, expected: MailServer.Protection) {
    #expect(MailServer(url: url, login: hasLogin ? ("user", "secret") : nil).protection == expected)
  }

  @Test("what may go better later, by what the server said")
  func errors() {
    func error(_ reply: Int?, _ phase: TransportError.Phase = .receive) -> MailError {
      MailError(transport: TransportError(phase), reply: reply)
    }
    for reply in [421, 450, 451, 452] { #expect(error(reply).isPassing) }
    for reply in [530, 535, 550, 552, 554] { #expect(!error(reply).isPassing) }
    #expect(error(nil, .connect).isPassing && error(nil, .timeout).isPassing && !error(nil, .tls).isPassing)
    #expect("\(error(535))".contains("login") && "\(error(nil, .connect))".contains("no connection"))
  }
}
