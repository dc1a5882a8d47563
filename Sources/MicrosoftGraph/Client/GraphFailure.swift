import HTTPTransport
import JSON
import Provisioning

/// The one place that says what an error of Graph means (Graph reference, section 12): by status first, then by code, never by text.
enum GraphFailure {
  static func refused(
    status: Int, headers: HTTPHeaders, _ json: JSON?, _ method: HTTPMethod, _ route: String
  ) -> Failure {
    let code = errorCode(json)
    let exchange = Exchange(upstream: "graph", method: method.rawValue, route: route, status: status, message: code)
    let what = "Graph answered \(status)\(code.map { " (\($0))" } ?? "") to \(method.rawValue) \(route)."
    let retryAfter = headers["Retry-After"].flatMap { RetryAfter.parse($0, now: 0) }
    switch status {
    case 401:
      return Failure(
        .quarantine, .unauthorized, what, advice: "Check directory.tenantId and that admin consent is granted.",
        exchange: exchange)
    case 403:
      return Failure(
        .quarantine, .insufficientRights, what,
        advice:
          "Grant the app registration the application permissions User.Read.All, Group.Read.All and Application.Read.All.",
        exchange: exchange)
    case 404:
      return Failure(
        .reread, .invalidAnchor, what, advice: "Nothing to do: it is looked for again.", exchange: exchange)
    case 409, 412, 423:
      return Failure(.reread, .conflict, what, advice: "Nothing to do: it is read again.", exchange: exchange)
    case 410:
      return Failure(
        .reread, .invalidAnchor, what, advice: "Nothing to do: everything is read anew.", exchange: exchange)
    case 424, 429, 500...599:
      return Failure(
        .retry(after: retryAfter), status == 429 ? .tooManyRequests : .internalServerError, what,
        advice: "Nothing to do unless it lasts: it is tried again.", exchange: exchange)
    case 400 where code?.lowercased() == "directory_expiredpagetoken":
      return Failure(
        .reread, .internalServerError, what, advice: "Nothing to do: the list is read again from the start.",
        exchange: exchange)
    default:
      return Failure(
        .escrow, .badRequest, what, advice: "Report this request: Graph should not refuse it.", exchange: exchange)
    }
  }

  static func transport(_ error: TransportError, upstream: String, _ method: HTTPMethod, _ route: String) -> Failure {
    let code: ErrorCode =
      switch error.phase {
      case .timeout: .timeout
      case .throttled: .tooManyRequests
      default: .webException
      }
    return Failure(
      .retry(after: error.retryAfter), code, "No answer from \(upstream) to \(method.rawValue) \(route): \(error).",
      advice: "Check the network, the proxy and the addresses under directory. It is tried again.",
      exchange: Exchange(upstream: upstream, method: method.rawValue, route: route, status: nil),
      outcomeIsUnknown: method != .get && error.mayHaveReachedServer)
  }

  static func unreadable(_ upstream: String, _ method: HTTPMethod, _ route: String, _ why: String) -> Failure {
    Failure(
      .retry(after: nil), .incompatibleAnswer,
      "The answer of \(upstream) to \(method.rawValue) \(route) cannot be read: \(why).",
      advice: "Check the addresses under directory and that no proxy changes answers. It is tried again.",
      exchange: Exchange(upstream: upstream, method: method.rawValue, route: route, status: nil))
  }

  static func errorCode(_ json: JSON?) -> String? {
    json?["error"]?["code"]?.string.flatMap { $0.isEmpty ? nil : String($0.prefix(100)) }
  }

  /// Whether an answer to a delta link asks for a fresh start: 410, or a 4xx with one of the codes, also nested.
  static func asksForResync(status: Int, _ json: JSON?) -> Bool {
    if status == 410 { return true }
    guard (400...499).contains(status), let error = json?["error"] else { return false }
    let codes = [error, error["innerError"], error["innererror"]].compactMap { $0?["code"]?.string?.lowercased() }
    return codes.contains { ["syncstatenotfound", "resyncrequired", "resyncapplydifferences"].contains($0) }
  }
}
