import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// What is sent back, whole.
struct Answer: Sendable {
  var status: HTTPResponse.Status
  var headers: HTTPFields
  var body: [UInt8]

  init(_ status: HTTPResponse.Status, headers: HTTPFields = .safe, body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  var response: Response {
    Response(
      status: status, headers: headers, body: body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: body)))
  }
}

extension Answer {
  static let noContent = Answer(.noContent)

  static func text(
    _ text: String, _ contentType: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok
  ) -> Answer {
    var answer = Answer(status, body: Array(text.utf8))
    answer.headers[.contentType] = contentType
    return answer
  }

  static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Answer {
    var answer = Answer(status, body: value.serialized())
    answer.headers[.contentType] = "application/json"
    return answer
  }

  static func error(_ status: HTTPResponse.Status, _ code: String, _ message: String) -> Answer {
    .json(["error": ["code": .string(code), "message": .string(message)]], status: status)
  }

  static func nothing(at path: String) -> Answer {
    .error(.notFound, "NotFound", "There is nothing at \(path.prefix(200)).")
  }

  static func notAllowed(_ method: HTTPRequest.Method, butOnly methods: [HTTPRequest.Method]) -> Answer {
    var answer = Answer.error(.methodNotAllowed, "MethodNotAllowed", "\(method.rawValue) is not allowed here.")
    answer.headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
    return answer
  }

  /// The same, and the end of the connection.
  var closing: Answer {
    var answer = self
    answer.headers[.connection] = "close"
    return answer
  }

  static func busy(_ message: String) -> Answer {
    var answer = Answer.error(
      .serviceUnavailable, "ServiceUnavailable", "\(message) Nothing was taken; send it again.")
    answer.headers[.retryAfter] = "5"
    return answer
  }
}

extension HTTPFields {
  /// On every answer: nothing is to be sniffed, kept, framed or run.
  static let safe: HTTPFields = {
    var fields = HTTPFields()
    fields[.cacheControl] = "no-store"
    fields[named: "X-Content-Type-Options"] = "nosniff"
    fields[named: "Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    fields[named: "Referrer-Policy"] = "no-referrer"
    return fields
  }()

  /// A field whose name the library has no word for.
  subscript(named name: String) -> String? {
    get { HTTPField.Name(name).flatMap { self[$0] } }
    set {
      if let name = HTTPField.Name(name) { self[name] = newValue }
    }
  }
}
