import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Reads bodies, bounded in size and time, and all of them together in memory.
struct BodyReader: Sendable {
  enum Body: Sendable {
    case whole(ReceivedBody)
    case refused(Answer)
  }

  var maxBytes: Int
  let memory: BodyMemory
  /// A body that takes longer to arrive than this is not waited for.
  var timeout = Duration.seconds(10)

  init(maxBytes: Int) {
    self.maxBytes = maxBytes
    memory = BodyMemory(bytes: max(BodyMemory.usual, 4 * maxBytes))
  }

  func read(_ request: Request) async -> Body {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > maxBytes { return tooLarge }
    return await withTaskGroup(of: Body.self) { group in
      group.addTask { await collect(request) }
      group.addTask {
        try? await Task.sleep(for: timeout)
        return brokenOff
      }
      defer { group.cancelAll() }
      return await group.next() ?? brokenOff
    }
  }

  private func collect(_ request: Request) async -> Body {
    let body = BodyMemory.Share(of: memory)
    var bytes: [UInt8] = []
    do {
      for try await chunk in request.body {
        guard bytes.count + chunk.readableBytes <= maxBytes else { return tooLarge }
        guard body.take(chunk.readableBytes) else {
          return .refused(.busy("Too many bodies are on their way.").closing)
        }
        chunk.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
      }
    } catch {
      return brokenOff
    }
    return .whole(ReceivedBody(bytes: bytes, share: body))
  }

  // The rest of such a body is not waited for either.

  private var tooLarge: Body {
    .refused(.error(.contentTooLarge, "ContentTooLarge", "The body is over \(maxBytes) bytes.").closing)
  }

  private var brokenOff: Body {
    .refused(.error(.requestTimeout, "RequestTimeout", "The body did not arrive in time.").closing)
  }
}

/// A body. As long as it is kept, it takes its part of the memory for all of them.
struct ReceivedBody: Sendable {
  let bytes: [UInt8]
  fileprivate let share: BodyMemory.Share
}

/// So much memory, and no more, for all bodies that are on their way or being looked at.
final class BodyMemory: Sendable {
  /// Some sixteen bodies of the largest size that is allowed by default, or ten thousand usual ones.
  static let usual = 64 << 20

  private let left: Mutex<Int>

  init(bytes: Int) {
    left = Mutex(bytes)
  }

  var bytesLeft: Int { left.withLock { $0 } }

  /// What one body has of it, given back at the end of its life.
  final class Share: Sendable {
    private let memory: BodyMemory
    private let taken = Mutex(0)

    init(of memory: BodyMemory) {
      self.memory = memory
    }

    func take(_ count: Int) -> Bool {
      let isThere = memory.left.withLock { left in
        guard left >= count else { return false }
        left -= count
        return true
      }
      if isThere { taken.withLock { $0 += count } }
      return isThere
    }

    deinit {
      let count = taken.withLock { $0 }
      memory.left.withLock { $0 += count }
    }
  }
}

/// Whether a `Content-Type` says JSON.
func isJSON(_ contentType: String) -> Bool {
  contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " } == "application/json"
}
