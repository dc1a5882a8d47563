import Hummingbird
import NIOCore

/// What is known of a request beside the request itself.
struct CallContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The IP address at the other end of the connection, which may be a proxy's.
  let address: String?

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    address = source.channel.remoteAddress?.ipAddress
  }
}
