import HTTPTypes
import Hummingbird

/// What the listener asks of the service.
struct ListenerDelegate: Sendable {
  /// Takes a body of notifications, all of it or nothing.
  var take: @Sendable (_ body: ReceivedBody) async -> Intake
  var readiness: @Sendable () async -> [ReadinessCheck]
  var isAlive: @Sendable () async -> Bool
  var metrics: @Sendable () async -> String
  /// A request was answered; it must not block.
  var answered: @Sendable (Request, Answer, Duration) -> Void = { _, _, _ in }
}

/// What became of a body of notifications.
enum Intake: Hashable, Sendable {
  case accepted
  /// Not JSON, or not a collection of notifications.
  case malformed(String)
  /// More than one body may hold.
  case oversized(String)
  /// There is no memory for it now.
  case noRoom
  case full
  case draining
  /// It could not be found out whether it comes from Graph.
  case unchecked
}

/// Answers every request (docs/http-api.md, "Ports"; `openapi.yaml` describes the same).
struct Listener: HTTPResponder {
  typealias Context = CallContext

  let delegate: ListenerDelegate
  var part = ListenerPart.all
  /// Nil when no admin token is configured: nothing is there then.
  let admin: AdminAPI?
  let bodies: BodyReader

  func respond(to request: Request, context: Context) async throws -> Response {
    let began = ContinuousClock.now
    let answer = await answer(request, from: context.address)
    delegate.answered(request, answer, began.duration(to: .now))
    return answer.response
  }

  func answer(_ request: Request, from address: String?) async -> Answer {
    let path = request.uri.path
    let finding = Route.find(request.method, path, in: part)
    var caller: Caller?
    if part != .public, admin == nil, AdminAPI.owns(path) { return .nothing(at: path) }
    if part != .public, let admin, AdminAPI.covers(path) {
      if !finding.isEntrance {
        switch await admin.gate.admit(request, from: address) {
        case .refused(let answer): return answer
        case .admitted(let admitted): caller = admitted
        }
      }
    }
    switch finding {
    case .nothing: return .nothing(at: path)
    case .otherMethods(let methods): return .notAllowed(request.method, butOnly: methods)
    case .found(.notifications, _): return await notifications(request)
    case .found(.livez, _): return await livez()
    case .found(.readyz, _):
      return await readyz(isVerbose: part.tellsDetails && request.uri.queryParameters["verbose"] != nil)
    case .found(.metrics, _): return .text(await delegate.metrics(), "text/plain; version=0.0.4; charset=utf-8")
    case .found(.openAPI, _): return .text(OpenAPIDocument.yaml, "application/yaml")
    case .found(let action, let parameters):
      guard let admin else { return .nothing(at: path) }
      return await admin.answer(action, parameters, request, caller, from: address)
    }
  }

  // MARK: Notifications

  private func notifications(_ request: Request) async -> Answer {
    if let query = request.uri.query, let token = ValidationQuery.token(in: query) {
      guard case .valid(let text) = token else {
        return .error(.badRequest, "InvalidValidationToken", "The validation token is too long or not UTF-8.")
      }
      return .text(text)
    }
    guard request.headers[.contentType].map(isJSON) ?? false else {
      return .error(.unsupportedMediaType, "UnsupportedMediaType", "The body must be application/json.")
    }
    switch await bodies.read(request) {
    case .refused(let answer): return answer
    case .whole(let body):
      defer { withExtendedLifetime(body) {} }
      switch await delegate.take(body) {
      case .accepted: return Answer(.accepted)
      case .malformed(let why): return .error(.badRequest, "InvalidNotification", why)
      case .oversized(let why): return .error(.contentTooLarge, "ContentTooLarge", why)
      case .noRoom: return .busy("Too many large bodies are being read.")
      case .full: return .busy("The queue is full.")
      case .draining: return .busy("The service is stopping.")
      case .unchecked: return .busy("The client state cannot be read.")
      }
    }
  }

  // MARK: Probes

  private func livez() async -> Answer {
    await delegate.isAlive() ? .text("ok\n") : .text("stuck\n", status: .serviceUnavailable)
  }

  private func readyz(isVerbose: Bool) async -> Answer {
    let checks = await delegate.readiness()
    let isReady = checks.allSatisfy(\.isFine)
    var text = isReady ? "ready\n" : "not ready\n"
    if isVerbose {
      text = checks.map { "[\($0.isFine ? "+" : "-")] \($0.name): \($0.detail)\n" }.joined() + text
    }
    return .text(text, status: isReady ? .ok : .serviceUnavailable)
  }
}
