import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Puts the listener on a socket, with a bound for everything that somebody from outside can make grow.
enum ListenerServer {
  /// Beyond any header of Graph, of a browser or of a proxy.
  private static let maxHeaderBytes = 32 << 10
  /// Descriptors kept for everything else: the state, requests to Graph and xMatters, the log.
  private static let reservedDescriptors = 600
  private static let maxConnections = 20_000

  private static var channelConfiguration: HTTP1Channel.Configuration {
    .init(
      additionalChannelHandlers: [ConnectionGuard()],
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: maxHeaderBytes, maxHeaderListSize: maxHeaderBytes, maxHeaderFieldCount: 100))
  }

  /// - Parameters:
  ///   - tls: Nil speaks plain HTTP.
  ///   - announce: Is told the port once connections are accepted.
  static func make(
    _ listener: Listener, _ settings: Settings.Listener, tls: ListenerTLS?, announce: AsyncStream<Int>.Continuation
  ) -> ServiceGroup {
    var quiet = Logger(label: "listener")
    quiet.logLevel = .critical
    let connections = min(maxConnections, max(64, DescriptorLimit.raise() - reservedDescriptors))
    let application = Application(
      responder: listener,
      server: HTTPServerBuilder { responder in
        let plain = HTTP1Channel(responder: responder, configuration: channelConfiguration)
        return tls?.wrap(plain) ?? plain
      },
      configuration: .init(
        address: .hostname(settings.host, port: settings.port), backlog: 4096,
        availableConnectionsDelegate: .maximum(connections, logger: quiet)),
      onServerRunning: { channel in announce.yield(channel.localAddress?.port ?? 0) }, logger: quiet)
    return ServiceGroup(configuration: .init(services: [application], logger: quiet))
  }
}
