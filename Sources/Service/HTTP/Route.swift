import HTTPTypes

/// A path and a method that something is served at. `openapi.yaml` describes the same; a test keeps the two from drifting.
struct Route: Sendable {
  enum Action: Hashable, Sendable {
    case notifications, livez, readyz, metrics, openAPI
    case consoleRedirection, consolePage, consoleOptions, consoleFile
    case beginSignIn, finishSignIn
    case openSession, readSession, closeSession
    case admin(AdminAPI.Operation)
  }

  enum Finding: Sendable {
    /// With the values of the path's parameters, decoded, in the order of the path.
    case found(Action, parameters: [String])
    /// The path exists, but only with these methods.
    case otherMethods([HTTPRequest.Method])
    case nothing

    /// Whether it is the way in, which no token is asked for.
    var isEntrance: Bool {
      if case .found(.openSession, _) = self { true } else { false }
    }
  }

  var method: HTTPRequest.Method
  /// A segment in braces is a parameter.
  var path: String
  var action: Action
  private let segments: [Substring]

  init(_ method: HTTPRequest.Method, _ path: String, _ action: Action) {
    self.method = method
    self.path = path
    self.action = action
    segments = path.split(separator: "/", omittingEmptySubsequences: false)
  }

  static let all: [Route] =
    [
      Route(.post, "/webhooks/graph", .notifications), Route(.post, "/webhooks/graph/lifecycle", .notifications),
      Route(.get, "/livez", .livez), Route(.get, "/readyz", .readyz), Route(.get, "/metrics", .metrics),
      Route(.get, "/openapi.yaml", .openAPI), Route(.get, "/console", .consoleRedirection),
      Route(.get, "/console/", .consolePage), Route(.get, "/console/options.json", .consoleOptions),

      Route(.get, "/console/sign-in", .beginSignIn), Route(.get, "/console/callback", .finishSignIn),
      Route(.get, "/console/{file}", .consoleFile),
      Route(.post, "/api/v1/session", .openSession), Route(.get, "/api/v1/session", .readSession),
      Route(.delete, "/api/v1/session", .closeSession),
    ] + AdminAPI.routes

  static func find(_ method: HTTPRequest.Method, _ path: String, in part: ListenerPart = .all) -> Finding {
    let segments = path.split(separator: "/", omittingEmptySubsequences: false)
    var methods: [HTTPRequest.Method] = []
    for route in all where part.serves(route.action) {
      guard let parameters = route.match(segments) else { continue }
      if route.method == method { return .found(route.action, parameters: parameters) }
      methods.append(route.method)
    }
    return methods.isEmpty ? .nothing : .otherMethods(methods)
  }

  /// The path of the route that serves a request, as `openapi.yaml` writes it; nil for what is not there.
  static func template(of path: String) -> String? {
    let segments = path.split(separator: "/", omittingEmptySubsequences: false)
    return all.first { $0.match(segments) != nil }?.path
  }

  private func match(_ given: [Substring]) -> [String]? {
    guard given.count == segments.count else { return nil }
    var parameters: [String] = []
    for (segment, given) in zip(segments, given) {
      if segment.hasPrefix("{") {
        guard let value = FormText.decoded(given, plusIsBlank: false), !value.isEmpty else { return nil }
        parameters.append(value)
      } else if segment != given {
        return nil
      }
    }
    return parameters
  }
}
