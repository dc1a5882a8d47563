import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore

/// What the listener asks of the service.
struct ListenerDelegate: Sendable {
  /// Takes a body of notifications, all of it or nothing.
  var take: @Sendable (_ body: [UInt8]) async -> Intake
  var readiness: @Sendable () async -> [ReadinessCheck]
  var isAlive: @Sendable () async -> Bool
  var metrics: @Sendable () async -> String
}

/// What became of a body of notifications.
enum Intake: Hashable, Sendable {
  case accepted
  /// Not JSON, or not a collection of notifications.
  case malformed(String)
  case full
  case draining
}

/// One condition of being ready.
package struct ReadinessCheck: Hashable, Sendable {
  package var name: String
  package var isFine: Bool
  package var detail: String
}

/// Answers every request (contract, section 3; `openapi.yaml` describes the same).
struct Listener: HTTPResponder {
  typealias Context = BasicRequestContext

  static let routes: [Route] = [
    Route(.post, "/webhooks/graph", .notifications), Route(.post, "/webhooks/graph/lifecycle", .notifications),
    Route(.get, "/livez", .livez), Route(.get, "/readyz", .readyz), Route(.get, "/metrics", .metrics),
    Route(.get, "/openapi.yaml", .openAPI),
  ]

  struct Route: Sendable {
    enum Action: Sendable {
      case notifications, livez, readyz, metrics, openAPI
    }

    var method: HTTPRequest.Method
    var path: String
    var action: Action

    init(_ method: HTTPRequest.Method, _ path: String, _ action: Action) {
      self.method = method
      self.path = path
      self.action = action
    }
  }

  let delegate: ListenerDelegate
  let maxBodyBytes: Int
  /// A body that takes longer to arrive than this is not waited for.
  let bodyTimeout = Duration.seconds(10)

  func respond(to request: Request, context: Context) async throws -> Response {
    let routes = Self.routes.filter { $0.path == request.uri.path }
    guard !routes.isEmpty else {
      return .error(.notFound, "NotFound", "There is nothing at \(request.uri.path.prefix(200)).")
    }
    guard let route = routes.first(where: { $0.method == request.method }) else {
      var response = Response.error(
        .methodNotAllowed, "MethodNotAllowed", "\(request.method.rawValue) is not allowed here.")
      response.headers[.allow] = routes.map(\.method.rawValue).joined(separator: ", ")
      return response
    }
    switch route.action {
    case .notifications: return await notifications(request)
    case .livez: return await livez()
    case .readyz: return await readyz(isVerbose: request.uri.queryParameters["verbose"] != nil)
    case .metrics: return .text(await delegate.metrics(), "text/plain; version=0.0.4; charset=utf-8")
    case .openAPI: return .text(OpenAPIDocument.yaml, "application/yaml")
    }
  }

  // MARK: Notifications

  private func notifications(_ request: Request) async -> Response {
    if let query = request.uri.query, let token = ValidationQuery.token(in: query) {
      guard case .valid(let text) = token else {
        return .error(.badRequest, "InvalidValidationToken", "The validation token is too long or not UTF-8.")
      }
      return .text(text, "text/plain; charset=utf-8")
    }
    guard request.headers[.contentType].map(isJSON) ?? false else {
      return .error(.unsupportedMediaType, "UnsupportedMediaType", "The body must be application/json.")
    }
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > maxBodyBytes { return tooLarge }
    switch await body(of: request) {
    case .tooLarge: return tooLarge
    case .brokenOff: return .error(.requestTimeout, "RequestTimeout", "The body did not arrive in time.")
    case .whole(let bytes):
      switch await delegate.take(bytes) {
      case .accepted: return Response(status: .accepted, headers: .safe)
      case .malformed(let why): return .error(.badRequest, "InvalidNotification", why)
      case .full: return .busy("The queue is full.")
      case .draining: return .busy("The service is stopping.")
      }
    }
  }

  private enum Body: Sendable {
    case whole([UInt8])
    case tooLarge, brokenOff
  }

  private func body(of request: Request) async -> Body {
    await withTaskGroup(of: Body.self) { group in
      group.addTask { [maxBodyBytes] in
        do {
          var bytes: [UInt8] = []
          for try await chunk in request.body {
            guard bytes.count + chunk.readableBytes <= maxBodyBytes else { return .tooLarge }
            bytes.append(contentsOf: chunk.readableBytesView)
          }
          return .whole(bytes)
        } catch {
          return .brokenOff
        }
      }
      group.addTask { [bodyTimeout] in
        try? await Task.sleep(for: bodyTimeout)
        return .brokenOff
      }
      defer { group.cancelAll() }
      return await group.next() ?? .brokenOff
    }
  }

  private func isJSON(_ contentType: String) -> Bool {
    contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " } == "application/json"
  }

  private var tooLarge: Response {
    .error(.contentTooLarge, "ContentTooLarge", "The body is over \(maxBodyBytes) bytes.")
  }

  // MARK: Probes

  private func livez() async -> Response {
    await delegate.isAlive() ? .text("ok\n") : .text("stuck\n", status: .serviceUnavailable)
  }

  private func readyz(isVerbose: Bool) async -> Response {
    let checks = await delegate.readiness()
    let isReady = checks.allSatisfy(\.isFine)
    var text = isReady ? "ready\n" : "not ready\n"
    if isVerbose {
      text = checks.map { "[\($0.isFine ? "+" : "-")] \($0.name): \($0.detail)\n" }.joined() + text
    }
    return .text(text, status: isReady ? .ok : .serviceUnavailable)
  }
}

/// Finds the token of Graph's validation request (Graph reference, section 2) in a raw query.
enum ValidationQuery {
  enum Token: Hashable {
    case valid(String)
    case invalid
  }

  /// In characters, decoded.
  static let maxLength = 2048

  /// Nil when the query has no `validationToken`.
  static func token(in query: String) -> Token? {
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts[0] == "validationToken" else { continue }
      guard parts.count == 2, parts[1].utf8.count <= 12 * maxLength, let text = decoded(parts[1]), !text.isEmpty,
        text.unicodeScalars.count <= maxLength
      else { return .invalid }
      return .valid(text)
    }
    return nil
  }

  /// Blanks come as `%20` or as `+`; a plus sign of the token itself comes as `%2B`.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal) else {
          return nil
        }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
  }
}

extension HTTPFields {
  /// On every answer: nothing is to be sniffed, kept or framed.
  static let safe: HTTPFields = {
    var fields = HTTPFields()
    fields[.cacheControl] = "no-store"
    if let nosniff = HTTPField.Name("X-Content-Type-Options") { fields[nosniff] = "nosniff" }
    return fields
  }()
}

extension Response {
  static func text(
    _ text: String, _ contentType: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok
  ) -> Response {
    var headers = HTTPFields.safe
    headers[.contentType] = contentType
    return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
  }

  static func error(_ status: HTTPResponse.Status, _ code: String, _ message: String) -> Response {
    let body: JSONValue = ["error": ["code": .string(code), "message": .string(message)]]
    return .text(body.text, "application/json", status: status)
  }

  static func busy(_ message: String) -> Response {
    var response = Response.error(
      .serviceUnavailable, "ServiceUnavailable", "\(message) Nothing was taken; send it again.")
    response.headers[.retryAfter] = "5"
    return response
  }
}
