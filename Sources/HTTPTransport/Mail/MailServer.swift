/// A mail server, and how it is spoken to.
package struct MailServer: Sendable {
  /// `smtp://host:port`, upgraded by STARTTLS, or `smtps://host:port`.
  package var url: String
  package var login: (username: String, password: String)?

  package init(url: String, login: (username: String, password: String)? = nil) {
    self.url = url
    self.login = login
  }

  /// How much TLS is asked for. A password never crosses a network in the clear, nor to a server whose certificate is not valid.
  enum Protection: Hashable {
    /// TLS with a valid certificate, or nothing is sent.
    case required
    /// TLS where the server offers it, without checking its certificate: better than the plain text that it replaces (RFC 7435).
    case opportunistic
  }

  var protection: Protection {
    let isEncryptedFromTheStart = url.lowercased().hasPrefix("smtps://")
    return (login != nil || isEncryptedFromTheStart) && !isOnThisMachine ? .required : .opportunistic
  }

  private var isOnThisMachine: Bool {
    let authority = url.firstRange(of: "://").map { url[$0.upperBound...].prefix { $0 != "/" } } ?? ""
    return LoopbackHost.isLoopback(authority: authority.lowercased())
  }
}

/// Why a mail was not sent.
package struct MailError: Error, Hashable, CustomStringConvertible {
  package var transport: TransportError
  /// What the server said last, such as 535 or 550; nil when it said nothing.
  package var reply: Int?

  package init(transport: TransportError, reply: Int?) {
    self.transport = transport
    self.reply = reply
  }

  /// Whether the same may go better later.
  package var isPassing: Bool {
    if let reply { return (400...499).contains(reply) || (200...399).contains(reply) }
    return transport.isRetriable
  }

  package var description: String {
    guard let reply, reply >= 400 else { return "\(transport)" }
    let meaning =
      switch reply {
      case 421, 450, 451, 452: "it cannot take mail at present"
      case 530: "it asks for a login"
      case 534, 535, 538: "it refused the login"
      case 550, 551, 553, 554: "it refused the sender or a recipient"
      default: "it refused the mail"
      }
    return "the mail server answered \(reply): \(meaning)"
  }
}
