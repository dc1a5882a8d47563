/// A mail of plain text.
package struct MailMessage: Hashable, Sendable {
  package var from: MailAddress
  package var to: [MailAddress]
  package var subject: String
  package var body: String
  /// In front of the `@` of the `Message-ID`: the same for every try, so that a mail which arrives twice shows as one.
  package var id: String
  /// Seconds since 1970.
  package var date: Int64

  package init(from: MailAddress, to: [MailAddress], subject: String, body: String, id: String, date: Int64) {
    self.from = from
    self.to = to
    self.subject = subject
    self.body = body
    self.id = id
    self.date = date
  }

  /// The message as it goes over the wire (RFC 5322), lines ended by CRLF; libcurl sees to lines that begin with a dot.
  package var serialized: [UInt8] {
    let domain = from.mailbox.split(separator: "@").last.map(String.init) ?? "localhost"
    let id = id.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") }
    let headers: [(String, String)] = [
      ("Date", HTTPDate.mailText(date)),
      ("From", from.headerText),
      ("To", to.map(\.headerText).joined(separator: ",\r\n ")),
      ("Subject", MIME.headerText(subject)),
      ("Message-ID", "<\(id)@\(domain)>"),
      ("MIME-Version", "1.0"),
      ("Content-Type", "text/plain; charset=utf-8"),
      ("Content-Transfer-Encoding", "quoted-printable"),
      // No holiday answers, please (RFC 3834).
      ("Auto-Submitted", "auto-generated"),
    ]
    let head = headers.map { "\($0.0): \($0.1)\r\n" }.joined() + "\r\n"
    return Array(head.utf8) + MIME.quotedPrintable(body)
  }
}
