import Glibc
import NIOCore
import Synchronization

/// How many connections each address holds, so that one alone cannot take all of them.
final class ConnectionCounts: Sendable {
  /// An IPv4 address, or a network of IPv6, of which one caller usually has a whole one.
  struct Origin: Hashable, Sendable {
    private static let networkBytes = 8
    private static let mappedPrefix: [UInt8] = Array(repeating: 0, count: 10) + [255, 255]

    private let bytes: [UInt8]

    /// Nil when there is no address, as on a socket of the file system.
    init?(_ address: SocketAddress?) {
      guard let text = address?.ipAddress else { return nil }
      var four: [UInt8] = Array(repeating: 0, count: 4)
      var six: [UInt8] = Array(repeating: 0, count: 16)
      if inet_pton(AF_INET, text, &four) == 1 {
        bytes = four
      } else if inet_pton(AF_INET6, text, &six) == 1 {
        let isMapped = six.starts(with: Self.mappedPrefix)
        bytes = isMapped ? Array(six.dropFirst(Self.mappedPrefix.count)) : Array(six.prefix(Self.networkBytes))
      } else {
        return nil
      }
    }
  }

  private let limit: Int
  private let counts = Mutex([Origin: Int]())

  /// - Parameter limit: For one origin.
  init(limit: Int) {
    self.limit = limit
  }

  /// - Returns: Whether it may have one more, which is counted then.
  func enter(_ origin: Origin) -> Bool {
    counts.withLock { counts in
      let count = counts[origin, default: 0]
      guard count < limit else { return false }
      counts[origin] = count + 1
      return true
    }
  }

  func leave(_ origin: Origin) {
    counts.withLock { counts in
      let count = counts[origin, default: 0]
      counts[origin] = count > 1 ? count - 1 : nil
    }
  }
}
