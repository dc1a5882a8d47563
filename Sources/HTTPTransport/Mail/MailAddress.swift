/// The sender or a recipient of a mail: `user@host`, or `Name <user@host>`.
package struct MailAddress: Hashable, Sendable {
  /// What people see; empty when there is none.
  package var name: String
  /// `user@host`, as it goes to the server.
  package var mailbox: String

  /// Nil for what is no address. Nothing that could end a header line, a command or an address is let through.
  package init?(_ text: String) {
    let text = text.trimmingBlanks
    var mailbox = Substring(text)
    var name = ""
    if text.hasSuffix(">") {
      guard let open = text.firstIndex(of: "<") else { return nil }
      mailbox = text[text.index(after: open)...].dropLast()
      name = String(text[..<open]).trimmingBlanks
      if name.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") { name = String(name.dropFirst().dropLast()) }
    }
    let parts = mailbox.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), mailbox.utf8.count <= 254,
      mailbox.unicodeScalars.allSatisfy(Self.isAllowed),
      name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f && !"<>\"\\".unicodeScalars.contains($0) })
    else { return nil }
    self.name = name
    self.mailbox = String(mailbox)
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && scalar.value > 0x20 && scalar.value != 0x7f && !"<>()[]\\,;:\"".unicodeScalars.contains(scalar)
  }

  /// As it stands in a header.
  var headerText: String {
    guard !name.isEmpty else { return mailbox }
    let isPlain = name.unicodeScalars.allSatisfy { $0.isASCII }
    return (isPlain ? "\"\(name)\"" : MIME.encodedWords(name)) + " <\(mailbox)>"
  }
}
