import HTTPTransport

/// Reads where mail to operators goes (docs/configuration.md, "Mail").
enum EmailReader {
  private static let section = "notifications.email"

  /// Nil when no mail is to be sent.
  static func read(_ reader: inout ConfigurationReader) -> Settings.Email? {
    let url = reader.text("\(section).smtpUrl")
    let sender = reader.text("\(section).from")
    let recipients = reader.texts("\(section).to", default: [])
    let username = reader.text("\(section).username")
    let password = reader.secret("\(section).password")
    guard url != nil || sender != nil || !recipients.isEmpty || username != nil || password != nil else { return nil }
    if let problem = urlProblem(url) { reader.report("\(section).smtpUrl", problem) }
    if (username == nil) != (password == nil) {
      reader.report(
        "\(section).\(username == nil ? "username" : "passwordFile")",
        "is required: username and passwordFile stand together or not at all")
    }
    let to = recipients.compactMap { address($0, "to", &reader) }
    if recipients.isEmpty { reader.report("\(section).to", "is required: who is to be told") }
    if sender == nil { reader.report("\(section).from", "is required: the address that mails come from") }
    guard let url, let from = sender.flatMap({ address($0, "from", &reader) }) else { return nil }
    return Settings.Email(smtpURL: url, from: from, to: to, username: username, password: password)
  }

  private static func address(_ text: String, _ key: String, _ reader: inout ConfigurationReader) -> MailAddress? {
    let address = MailAddress(text)
    if address == nil {
      reader.report("\(section).\(key)", "must be like ops@example.com or Operations <ops@example.com>, not '\(text)'")
    }
    return address
  }

  private static func urlProblem(_ url: String?) -> String? {
    guard let url else { return "is required: the mail server, such as smtp://mail.example.com:587" }
    guard let scheme = ["smtp://", "smtps://"].first(where: { url.lowercased().hasPrefix($0) }) else {
      return "must begin with smtp:// or smtps://"
    }
    let authority = url.dropFirst(scheme.count)
    guard !authority.isEmpty, !authority.contains(where: { "@/?#".contains($0) || $0.isWhitespace }) else {
      return "must be a host with or without a port; the login goes into username and passwordFile"
    }
    return nil
  }
}
