package enum HTTPMethod: String, Hashable, Sendable {
  case get = "GET"
  case head = "HEAD"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
  case options = "OPTIONS"
}

package struct HTTPRequest: Sendable {
  package var method: HTTPMethod
  /// Absolute, `http` or `https`, percent-encoded.
  package var url: String
  package var headers: HTTPHeaders
  package var body: [UInt8]?
  /// For the whole exchange; nil takes the client's.
  package var timeout: Duration?
  /// Of the answer's body; nil takes the client's.
  package var maxResponseBytes: Int?
  /// Opens a connection for this request alone, as Graph advises after a 503 (docs/reference/microsoft-graph.md, "Throttling").
  package var usesFreshConnection: Bool

  package init(
    method: HTTPMethod = .get, url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil,
    timeout: Duration? = nil, maxResponseBytes: Int? = nil, usesFreshConnection: Bool = false
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
    self.maxResponseBytes = maxResponseBytes
    self.usesFreshConnection = usesFreshConnection
  }
}

package struct HTTPResponse: Sendable {
  package enum Version: String, Hashable, Sendable {
    case http1 = "HTTP/1"
    case http2 = "HTTP/2"
  }

  package var status: Int
  package var headers: HTTPHeaders
  package var body: [UInt8]
  package var version: Version
  package var reusedConnection: Bool
  package var duration: Duration
}

/// No answer came, or only half of one. The description holds no credentials and no query.
package struct TransportError: Error, Hashable, CustomStringConvertible {
  package enum Phase: String, Hashable, Sendable {
    case invalidRequest = "the request is not valid"
    case resolve = "the host name could not be resolved"
    case connect = "no connection could be made"
    case tls = "the TLS handshake failed"
    case send = "the request could not be sent"
    case receive = "the answer broke off"
    case timeout = "the time was up"
    case tooLarge = "the answer is too large"
    case throttled = "the other side asked to wait"
    case overloaded = "too many requests are waiting"
    case shutdown = "the client is shut down"

    /// What a person can look at.
    package var hint: String {
      switch self {
      case .invalidRequest: "Check the configured address."
      case .resolve: "Check the host name of the configured address, and the name server."
      case .connect: "Check the configured address, the firewall and the proxy."
      case .tls: "Check that the server's certificate is valid, and that a proxy which opens TLS is trusted."
      case .send, .receive, .timeout: "Check the network and the proxy, and whether the other side is up."
      case .tooLarge: "Check that it is the right server that answers."
      case .throttled, .overloaded, .shutdown: "Nothing to do unless it lasts."
      }
    }
  }

  package var phase: Phase
  /// libcurl's code; 0 when libcurl was not asked.
  package var code: Int
  /// False only when it is certain that the other side has not seen the request.
  package var mayHaveReachedServer: Bool
  /// How long the other side asked to wait, when that is why.
  package var retryAfter: Duration?

  package init(_ phase: Phase, code: Int = 0, mayHaveReachedServer: Bool = false, retryAfter: Duration? = nil) {
    self.phase = phase
    self.code = code
    self.mayHaveReachedServer = mayHaveReachedServer
    self.retryAfter = retryAfter
  }

  /// Whether the same may go better next time.
  package var isRetriable: Bool {
    switch phase {
    case .resolve, .connect, .send, .receive, .timeout, .throttled, .overloaded: true
    case .invalidRequest, .tls, .tooLarge, .shutdown: false
    }
  }

  package var description: String {
    code == 0 ? phase.rawValue : "\(phase.rawValue) (curl \(code))"
  }
}
