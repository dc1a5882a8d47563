import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Puts the listener on a socket, with a bound for everything that a caller can make grow.
enum ListenerServer {
  /// Beyond any header of Graph, of a browser or of a proxy.
  private static let maxHeaderBytes = 32 << 10
  /// Descriptors kept for everything else: the state, requests to Graph and xMatters, the log.
  private static let reservedDescriptors = 600
  private static let maxConnections = 20_000
  /// The management port's own, so that no flood of the other one keeps probes and operators out.
  private static let managementConnections = 256
  /// Connections that may go on sending after their last answer.
  private static let maxLingering = 64

  private static func channelConfiguration(_ counts: ConnectionCounts, _ lingering: Slots) -> HTTP1Channel.Configuration
  {
    .init(
      additionalChannelHandlers: [ConnectionGuard(counts: counts, lingering: lingering)],
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: maxHeaderBytes, maxHeaderListSize: maxHeaderBytes, maxHeaderFieldCount: 100))
  }

  /// - Parameters:
  ///   - tls: Nil speaks plain HTTP.
  static func make(_ listener: Listener, _ settings: Settings.Listener, tls: ListenerTLS?) -> ListenerDoor {
    var quiet = Logger(label: "listener")
    quiet.logLevel = .critical
    let all = min(maxConnections, max(128, DescriptorLimit.raise() - reservedDescriptors))
    let reserve = min(managementConnections, all / 4)
    let (connections, port) =
      switch listener.part {
      case .all: (all, settings.port)
      case .public: (all - reserve, settings.port)
      case .management: (reserve, settings.managementPort)
      }
    // Behind a proxy all callers share one address.
    let counts = ConnectionCounts(limit: connections / 2)
    let lingering = Slots(maxLingering)
    let (opened, announce) = AsyncStream<Int>.makeStream()
    let application = Application(
      responder: listener,
      server: HTTPServerBuilder { responder in
        let plain = HTTP1Channel(responder: responder, configuration: channelConfiguration(counts, lingering))
        return tls?.wrap(plain) ?? plain
      },
      configuration: .init(
        address: .hostname(settings.host, port: port), backlog: 4096,
        availableConnectionsDelegate: .maximum(connections, logger: quiet)),
      onServerRunning: { channel in announce.yield(channel.localAddress?.port ?? 0) }, logger: quiet)
    return ListenerDoor(
      part: listener.part, host: settings.host, port: port,
      server: ServiceGroup(configuration: .init(services: [application], logger: quiet)), opened: opened,
      announce: announce)
  }
}
