import HTTPTransport
import ProvisioningModel

/// The one place that says what an error of Graph means (docs/reference/microsoft-graph.md, "Errors"): by status first, then by code,
/// never by text.
enum GraphFailure {
  static func refused(_ answer: GraphAnswer, _ method: HTTPMethod, _ route: String) -> Failure {
    let status = answer.status
    let (remedy, code, advice) = meaning(answer)
    let suffix = answer.errorCode.map { " (\($0))" } ?? ""
    let message = [answer.errorCode, answer.requestID.map { "request-id \($0)" }].compactMap { $0 }
    return Failure(
      remedy, code, "Graph answered \(status)\(suffix) to \(method.rawValue) \(route).", advice: advice,
      exchange: Exchange(
        upstream: "graph", method: method.rawValue, route: route, status: status,
        message: message.isEmpty ? nil : message.joined(separator: ", ")))
  }

  private static func meaning(_ answer: GraphAnswer) -> (Failure.Remedy, ErrorCode, advice: String) {
    let retry = Failure.Remedy.retry(after: answer.retryAfter)
    let patience = "Nothing to do unless it lasts: it is tried again."
    switch answer.status {
    case 400 where answer.saysExpiredPage:
      return (.reread, .internalServerError, "Nothing to do: the list is read again from its start.")
    case 401:
      return (.quarantine, .unauthorized, "Check directory.tenantId and that admin consent is granted.")
    case 403:
      return (.quarantine, .insufficientRights, permissions)
    case 404:
      return (.reread, .invalidAnchor, "Nothing to do: it is looked for again.")
    case 408:
      return (retry, .timeout, patience)
    case 409, 412, 423:
      return (.reread, .conflict, "Nothing to do: it is read again.")
    case 410:
      return (.reread, .invalidAnchor, "Nothing to do: everything is read anew.")
    case 429:
      return (retry, .tooManyRequests, patience)
    case 424, 500, 502...506, 508:
      return (retry, .internalServerError, patience)
    case 507, 509:
      return (.retry(after: answer.retryAfter ?? .seconds(600)), .internalServerError, patience)
    case ..<400, 407:
      return (
        .retry(after: nil), .incompatibleAnswer,
        "Check directory.graphUrl and that no proxy answers in Graph's place. It is tried again."
      )
    case 405:
      return (.escrow, .methodNotAllowed, unsupported)
    case 501:
      return (.escrow, .notImplemented, unsupported)
    default:
      return (.escrow, .badRequest, unsupported)
    }
  }

  private static let unsupported =
    "Check that mappings and filters name attributes that a Graph user has; if they do, report this request."

  private static let permissions =
    "Grant the app registration the application permissions User.Read.All, Group.Read.All and Application.Read.All, "
    + "with admin consent."

  static func transport(_ error: TransportError, upstream: String, _ method: HTTPMethod, _ route: String) -> Failure {
    let code: ErrorCode =
      switch error.phase {
      case .timeout: .timeout
      case .throttled: .tooManyRequests
      default: .webException
      }
    return Failure(
      .retry(after: error.retryAfter), code, "No answer from \(upstream) to \(method.rawValue) \(route): \(error).",
      advice: "\(error.phase.hint) The addresses are under directory. It is tried again.",
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
}
