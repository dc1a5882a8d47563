import HTTPTransport
import JSON
import Provisioning

/// The one place that says what an error of xMatters means (xMatters reference, sections 1, 2 and 4). Decided by status alone, never by the text.
enum XMattersFailure {
  static func refused(_ answer: Answer, _ method: HTTPMethod, _ route: String) -> Failure {
    let exchange = Exchange(
      upstream: "xmatters", method: method.rawValue, route: route, status: answer.status,
      message: message(of: answer))
    let what = "xMatters answered \(answer.status) to \(method.rawValue) \(route)."
    switch answer.status {
    case 400, 405, 406, 415, 422:
      return Failure(
        .escrow, .badRequest, what,
        advice: "Look at xMatters' message: a value, or a name that it does not know, is refused.",
        exchange: exchange)
    case 401:
      return Failure(
        .quarantine, .credentialValidation, "xMatters refused the credentials (401).",
        advice: "Check xmatters.username and its password or API key: a native account is needed, not single sign-on.",
        exchange: exchange)
    case 403:
      return Failure(
        .quarantine, .insufficientRights, "The xMatters account may not \(method.rawValue) \(route) (403).",
        advice: "Give the service user the role REST Web Service User, and the right to assign the configured roles.",
        exchange: exchange)
    case 404:
      return Failure(
        .reread, .invalidAnchor, "\(route) is gone from xMatters.", advice: "Nothing to do: it is looked for anew.",
        exchange: exchange)
    case 409:
      return Failure(
        .escrow, .conflict, "A name, login or external key is taken by another person or group in xMatters (409).",
        advice: "Free the name in xMatters, or change it in the directory.", exchange: exchange)
    case 429:
      return Failure(
        .retry(after: retryAfter(answer)), .tooManyRequests, what, advice: "Nothing to do: sent again more slowly.",
        exchange: exchange)
    case 500...599:
      return Failure(
        .retry(after: retryAfter(answer)), .internalServerError, what,
        advice: "Nothing to do unless it lasts: sent again later.",
        exchange: exchange, outcomeIsUnknown: method == .post && answer.status != 503 && answer.status != 501)
    default:
      return Failure(
        .escrow, .unprocessableEntity, what, advice: "Check xmatters.url: this is no answer of the REST API.",
        exchange: exchange)
    }
  }

  static func transport(_ error: TransportError, _ method: HTTPMethod, _ route: String) -> Failure {
    Failure(
      .retry(after: error.retryAfter), code(error.phase),
      "No answer from xMatters to \(method.rawValue) \(route): \(error).",
      advice: "Check xmatters.url, the network and the proxy. It is tried again.",
      exchange: Exchange(upstream: "xmatters", method: method.rawValue, route: route, status: nil),
      outcomeIsUnknown: method == .post && error.mayHaveReachedServer)
  }

  private static func code(_ phase: TransportError.Phase) -> ErrorCode {
    switch phase {
    case .timeout: .timeout
    case .throttled: .tooManyRequests
    default: .webException
    }
  }

  static func unreadable(
    _ method: HTTPMethod, _ route: String, _ why: String, wroteAnyway: Bool = false
  ) -> Failure {
    Failure(
      .retry(after: nil), .incompatibleAnswer,
      "The answer of xMatters to \(method.rawValue) \(route) cannot be read: \(why).",
      advice: "Check that xmatters.url is an xMatters instance and that no proxy changes answers. It is tried again.",
      exchange: Exchange(upstream: "xmatters", method: method.rawValue, route: route, status: nil),
      outcomeIsUnknown: wroteAnyway)
  }

  static func shifted(_ method: HTTPMethod, _ route: String, seen: Int, total: Int) -> Failure {
    Failure(
      .retry(after: nil), .incompatibleAnswer,
      "The list of \(route) changed while it was read: \(seen) rows of \(total).",
      advice: "Nothing to do: it is read again from the start.",
      exchange: Exchange(upstream: "xmatters", method: method.rawValue, route: route, status: 200))
  }

  private static func retryAfter(_ answer: Answer) -> Duration? {
    // Dates need a clock; by now the upstream's gate has waited for those.
    answer.headers["Retry-After"].flatMap { RetryAfter.parse($0, now: 0) }.map { min($0, .seconds(3600)) }
  }

  /// The error code of the envelope. The message is left out: it repeats names.
  private static func message(of answer: Answer) -> String? {
    guard let envelope = try? JSON(parsing: answer.body) else { return nil }
    let parts = [envelope["reason"]?.string, envelope["subcode"]?.string].compactMap { $0 }
    return parts.isEmpty ? nil : String(parts.joined(separator: ", ").prefix(200))
  }
}
