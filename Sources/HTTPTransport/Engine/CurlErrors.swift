internal import CCurl

extension TransportError {
  /// - Parameter wasSent: The connection stood, so that the request may be on its way.
  init(_ code: CURLcode, isTooLarge: Bool, wasSent: Bool) {
    // Once something was sent, "unsupported protocol" speaks of the answer.
    let isAnswer = wasSent && code == CURLE_UNSUPPORTED_PROTOCOL
    let phase = isTooLarge ? .tooLarge : isAnswer ? .receive : Self.phase(code)
    self.init(phase, code: Int(code.rawValue), mayHaveReachedServer: wasSent)
  }

  private static func phase(_ code: CURLcode) -> Phase {
    switch code {
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT: .invalidRequest
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
    case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED, CURLE_PROXY: .connect
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED:
      .tls
    case CURLE_OPERATION_TIMEDOUT: .timeout
    case CURLE_SEND_ERROR: .send
    case CURLE_FILESIZE_EXCEEDED: .tooLarge
    default: .receive
    }
  }
}
