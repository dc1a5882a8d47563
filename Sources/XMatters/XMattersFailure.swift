import HTTPTransport
import JSON
import ProvisioningModel

/// The one place that says what an error of xMatters means (docs/reference/xmatters-api.md, "Authentication";
/// docs/reference/xmatters-api.md, "Errors"; docs/reference/xmatters-api.md, "Limits"). Decided by status, method and route alone, never
/// by the text.
enum XMattersFailure {
  static func refused(_ answer: Answer, _ method: HTTPMethod, _ route: String) -> Failure {
    let (remedy, code, advice) = meaning(answer, method, route)
    var failure = Failure(
      remedy, code, "xMatters answered \(answer.status) to \(method.rawValue) \(route).", advice: advice,
      exchange: Exchange(
        upstream: "xmatters", method: method.rawValue, route: route, status: answer.status,
        message: message(of: answer)))
    // 503 and 501 say that nothing was done; after any other fault of the server a create may have been.
    let isFault = (500...599).contains(answer.status) && ![501, 503].contains(answer.status)
    failure.outcomeIsUnknown = method == .post && isFault
    return failure
  }

  private static func meaning(
    _ answer: Answer, _ method: HTTPMethod, _ route: String
  ) -> (Failure.Remedy, ErrorCode, advice: String) {
    let retry = Failure.Remedy.retry(after: answer.retryAfter)
    switch answer.status {
    case 401:
      return (
        .quarantine, .credentialValidation,
        "Check xmatters.username and its password or API key: a native account is needed, not single sign-on."
      )
    case 403 where method == .get && !route.contains("{"):
      // A whole list: nothing can be provisioned without it.
      return (
        .quarantine, .insufficientRights, "Give the service user the role REST Web Service User."
      )
    case 403:
      return (
        .escrow, .insufficientRights,
        "Give the service user the right to change this person or group, and to assign the configured roles and supervisors."
      )
    case 404 where !answer.saysNotFound:
      return (retry, .incompatibleAnswer, wrongPlace + " It is tried again.")
    case 404:
      return (.reread, .invalidAnchor, "Nothing to do: it is gone from xMatters, and looked for anew.")
    case 405:
      return (.escrow, .methodNotAllowed, wrongPlace)
    case 408:
      return (retry, .timeout, patience)
    case 409:
      return (
        .escrow, .conflict,
        "A name, login or external key is taken by another person or group in xMatters: free it there, or change it in the directory."
      )
    case 429:
      return (retry, .tooManyRequests, "Nothing to do: it is sent again more slowly.")
    case 400, 406, 413, 415, 422:
      return (
        .escrow, .badRequest,
        "A value, or a name that xMatters does not know, was refused: compare the mappings with what xMatters has."
      )
    case 501:
      return (.escrow, .notImplemented, wrongPlace)
    case 500...599:
      return (retry, .internalServerError, patience)
    case ..<400, 407:
      return (.retry(after: nil), .incompatibleAnswer, wrongPlace + " It is tried again.")
    default:
      return (.escrow, .unprocessableEntity, wrongPlace)
    }
  }

  private static let patience = "Nothing to do unless it lasts: it is sent again later."
  private static let wrongPlace =
    "Check that xmatters.url is an xMatters instance and that no proxy answers in its place."

  /// A refusal of the token endpoint; it answers 400 where others answer 401 (docs/reference/xmatters-api.md, "Authentication").
  static func tokenRefused(_ answer: Answer, route: String) -> Failure {
    var failure = refused(answer, .post, route)
    if [400, 401, 403].contains(answer.status) {
      failure.remedy = .quarantine
      failure.code = .credentialValidation
      failure.advice = "Check xmatters.oauthClientId, xmatters.username and the password."
    }
    failure.outcomeIsUnknown = false
    return failure
  }

  static func transport(_ error: TransportError, _ method: HTTPMethod, _ route: String) -> Failure {
    Failure(
      .retry(after: error.retryAfter), code(error.phase),
      "No answer from xMatters to \(method.rawValue) \(route): \(error).",
      advice: "\(error.phase.hint) The address is xmatters.url. It is tried again.",
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

  /// The error code of the envelope. The message is left out: it repeats names.
  private static func message(of answer: Answer) -> String? {
    guard let envelope = try? JSON(parsing: answer.body) else { return nil }
    let parts = [envelope["reason"]?.string, envelope["subcode"]?.string].compactMap { $0 }
    return parts.isEmpty ? nil : String(parts.joined(separator: ", ").prefix(200))
  }
}
