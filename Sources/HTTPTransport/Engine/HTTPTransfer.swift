internal import CCurl

/// One HTTP exchange on its way.
final class HTTPTransfer: Transfer, @unchecked Sendable {
  let ticket: Ticket
  let request: HTTPRequest
  private let deliver: @Sendable (Result<HTTPResponse, any Error>) -> Void
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var body: [UInt8] = []
  private var headers = HTTPHeaders()
  private var headerBytes = 0
  private var maxBodyBytes = 0
  private var maxHeaderBytes = 0
  private var isTooLarge = false
  private var headIsWhole = false

  /// - Parameter deliver: Called once, with the outcome.
  init(
    _ ticket: Ticket, _ request: HTTPRequest,
    deliver: @escaping @Sendable (Result<HTTPResponse, any Error>) -> Void
  ) {
    self.ticket = ticket
    self.request = request
    self.deliver = deliver
  }

  // MARK: Setting up

  func configure(_ easy: OpaqueEasy, _ configuration: HTTPClient.Configuration) throws(TransportError) {
    maxBodyBytes = request.maxResponseBytes ?? configuration.maxResponseBytes
    maxHeaderBytes = configuration.maxHeaderBytes
    guard shim_set_string(easy, CURLOPT_URL, request.url) == CURLE_OK, request.url.isSafeURL else {
      throw TransportError(.invalidRequest)
    }
    easy.setLimits(
      configuration, protocols: "http,https", timeout: request.timeout ?? configuration.requestTimeout)
    setOptions(easy, configuration)
    setMethod(easy)
    try setHeaders(easy)
    let context = Unmanaged.passUnretained(self).toOpaque()
    shim_set_data_callback(easy, CURLOPT_WRITEFUNCTION, takeBody)
    shim_set_pointer(easy, CURLOPT_WRITEDATA, context)
    shim_set_data_callback(easy, CURLOPT_HEADERFUNCTION, takeHeader)
    shim_set_pointer(easy, CURLOPT_HEADERDATA, context)
    shim_set_pointer(easy, CURLOPT_PRIVATE, context)
  }

  private func setOptions(_ easy: OpaqueEasy, _ configuration: HTTPClient.Configuration) {
    shim_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
    shim_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    shim_set_string(easy, CURLOPT_USERAGENT, configuration.userAgent)
    if let proxy = configuration.proxy { shim_set_string(easy, CURLOPT_PROXY, proxy) }
    if request.usesFreshConnection { shim_set_long(easy, CURLOPT_FRESH_CONNECT, 1) }
  }

  private func setMethod(_ easy: OpaqueEasy) {
    switch request.method {
    case .get where request.body == nil: shim_set_long(easy, CURLOPT_HTTPGET, 1)
    case .head: shim_set_long(easy, CURLOPT_NOBODY, 1)
    case .get, .post, .put, .patch, .delete, .options:
      if let body = request.body ?? (request.method == .post ? [] : nil) {
        shim_set_long(easy, CURLOPT_POST, 1)
        shim_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        // The size comes first: it says how much libcurl copies. One byte more keeps the address of an empty body valid.
        (body + [0]).withUnsafeBytes { bytes in
          _ = shim_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
        }
      }
      if request.method != .post { shim_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
    }
  }

  private func setHeaders(_ easy: OpaqueEasy) throws(TransportError) {
    // Without this libcurl asks before it sends a larger body, and waits a second for those who do not answer.
    headerList = curl_slist_append(headerList, "Expect:")
    for (name, value) in request.headers.all {
      guard !(name + value).unicodeScalars.contains(where: { $0 == "\r" || $0 == "\n" || $0 == "\0" }) else {
        throw TransportError(.invalidRequest)
      }
      headerList = curl_slist_append(headerList, value.isEmpty ? "\(name);" : "\(name): \(value)")
    }
    shim_set_list(easy, CURLOPT_HTTPHEADER, headerList)
  }

  // MARK: Taking in

  /// - Returns: False when the answer is over its cap.
  func take(body bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard body.count + bytes.count <= maxBodyBytes else {
      isTooLarge = true
      return false
    }
    body.append(contentsOf: bytes)
    return true
  }

  func take(header bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    headerBytes += bytes.count
    guard headerBytes <= maxHeaderBytes else {
      isTooLarge = true
      return false
    }
    let line = String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      // The head of a further answer: after a proxy's, or after 100 Continue.
      headers = HTTPHeaders()
      headIsWhole = false
    } else if line == "\r\n" || line == "\n" {
      headIsWhole = true
    } else if let colon = line.firstIndex(of: ":") {
      headers.append(String(line[..<colon]), line[line.index(after: colon)...].trimmingBlanks)
    }
    return true
  }

  // MARK: Ending

  func finish(_ easy: OpaqueEasy, _ result: CURLcode) {
    guard result == CURLE_OK else {
      fail(TransportError(result, isTooLarge: isTooLarge, wasSent: easy.long(CURLINFO_REQUEST_SIZE) > 0))
      return
    }
    guard headIsWhole else {
      // libcurl takes a connection that closes within the headers for the end of the answer.
      fail(TransportError(.receive, mayHaveReachedServer: true))
      return
    }
    freeHeaderList()
    let microseconds = easy.offset(CURLINFO_TOTAL_TIME_T)
    deliver(
      .success(
        HTTPResponse(
          status: easy.long(CURLINFO_RESPONSE_CODE), headers: headers, body: body,
          version: easy.long(CURLINFO_HTTP_VERSION) == Int(CURL_HTTP_VERSION_2_0) ? .http2 : .http1,
          reusedConnection: easy.long(CURLINFO_NUM_CONNECTS) == 0, duration: .microseconds(microseconds))))
  }

  func fail(_ error: any Error) {
    freeHeaderList()
    deliver(.failure(error))
  }

  private func freeHeaderList() {
    curl_slist_free_all(headerList)
    headerList = nil
  }
}

private let takeBody: shim_data_callback = { bytes, size, count, context in
  guard let transfer = context.object(HTTPTransfer.self) else { return 0 }
  let total = size * count
  return transfer.take(body: buffer(bytes, total)) ? total : 0
}

private let takeHeader: shim_data_callback = { bytes, size, count, context in
  guard let transfer = context.object(HTTPTransfer.self) else { return 0 }
  let total = size * count
  return transfer.take(header: buffer(bytes, total)) ? total : 0
}

private func buffer(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> UnsafeBufferPointer<UInt8> {
  UnsafeBufferPointer(start: UnsafeRawPointer(bytes)?.assumingMemoryBound(to: UInt8.self), count: count)
}
