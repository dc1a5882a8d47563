/// What a port of the listener serves.
enum ListenerPart: Sendable {
  /// One port for everything.
  case all
  /// What the internet may reach: notifications, and probes without details.
  case `public`
  /// What operators and the cluster reach: probes, metrics, admin API and console.
  case management

  func serves(_ action: Route.Action) -> Bool {
    switch self {
    case .all: true
    case .public:
      switch action {
      case .notifications, .livez, .readyz: true
      default: false
      }
    case .management: action != .notifications
    }
  }

  /// Whether an answer may name conditions of the service.
  var tellsDetails: Bool { self != .public }
}
