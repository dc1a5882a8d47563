internal import CCurl

extension HTTPClient {
  /// Sends a mail, to all recipients or to none.
  /// - Parameter timeout: For the whole of it.
  /// - Throws: `MailError`, or `CancellationError` when the task was cancelled.
  package func send(
    _ message: MailMessage, through server: MailServer, timeout: Duration = .seconds(30)
  ) async throws {
    try await perform { ticket, continuation in
      MailTransfer(ticket, message, server, timeout: timeout, continuation: continuation)
    }
  }
}

/// One mail on its way.
final class MailTransfer: Transfer, @unchecked Sendable {
  let ticket: Ticket
  private let message: MailMessage
  private let server: MailServer
  private let timeout: Duration
  private let continuation: CheckedContinuation<Void, any Error>
  private var recipients: UnsafeMutablePointer<curl_slist>?
  private var rest: ArraySlice<UInt8>

  init(
    _ ticket: Ticket, _ message: MailMessage, _ server: MailServer, timeout: Duration,
    continuation: CheckedContinuation<Void, any Error>
  ) {
    self.ticket = ticket
    self.message = message
    self.server = server
    self.timeout = timeout
    self.continuation = continuation
    rest = message.serialized[...]
  }

  func configure(_ easy: OpaqueEasy, _ configuration: HTTPClient.Configuration) throws(TransportError) {
    guard server.url.isSafeURL, !message.to.isEmpty, shim_set_string(easy, CURLOPT_URL, server.url) == CURLE_OK else {
      throw TransportError(.invalidRequest)
    }
    easy.setLimits(configuration, protocols: "smtp,smtps", timeout: timeout)
    // The connection ends with the mail; the next one may be days away.
    shim_set_long(easy, CURLOPT_FORBID_REUSE, 1)
    shim_set_long(easy, CURLOPT_FRESH_CONNECT, 1)
    setProtection(easy)
    for recipient in message.to { recipients = curl_slist_append(recipients, "<\(recipient.mailbox)>") }
    shim_set_list(easy, CURLOPT_MAIL_RCPT, recipients)
    shim_set_string(easy, CURLOPT_MAIL_FROM, "<\(message.from.mailbox)>")
    shim_set_long(easy, CURLOPT_UPLOAD, 1)
    shim_set_data_callback(easy, CURLOPT_READFUNCTION, giveBytes)
    shim_set_pointer(easy, CURLOPT_READDATA, Unmanaged.passUnretained(self).toOpaque())
  }

  private func setProtection(_ easy: OpaqueEasy) {
    switch server.protection {
    case .required:
      shim_set_long(easy, CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
    case .opportunistic:
      shim_set_long(easy, CURLOPT_USE_SSL, Int(CURLUSESSL_TRY.rawValue))
      shim_set_long(easy, CURLOPT_SSL_VERIFYPEER, 0)
      shim_set_long(easy, CURLOPT_SSL_VERIFYHOST, 0)
    }
    guard let login = server.login else { return }
    shim_set_string(easy, CURLOPT_USERNAME, login.username)
    shim_set_string(easy, CURLOPT_PASSWORD, login.password)
  }

  func give(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    let part = rest.prefix(buffer.count)
    rest = rest.dropFirst(part.count)
    return buffer.update(fromContentsOf: part)
  }

  func finish(_ easy: OpaqueEasy, _ result: CURLcode) {
    guard result != CURLE_OK else {
      freeRecipients()
      continuation.resume()
      return
    }
    let reply = easy.long(CURLINFO_RESPONSE_CODE)
    let isConnected = easy.long(CURLINFO_NUM_CONNECTS) > 0
    freeRecipients()
    continuation.resume(
      throwing: MailError(
        transport: TransportError(result, isTooLarge: false, wasSent: isConnected), reply: reply > 0 ? reply : nil))
  }

  func fail(_ error: any Error) {
    freeRecipients()
    let error = (error as? TransportError).map { MailError(transport: $0, reply: nil) } ?? error
    continuation.resume(throwing: error)
  }

  private func freeRecipients() {
    curl_slist_free_all(recipients)
    recipients = nil
  }
}

private let giveBytes: shim_data_callback = { bytes, size, count, context in
  guard let bytes, let transfer = context.object(MailTransfer.self) else { return 0 }
  let start = UnsafeMutableRawPointer(bytes).assumingMemoryBound(to: UInt8.self)
  return transfer.give(UnsafeMutableBufferPointer(start: start, count: size * count))
}
