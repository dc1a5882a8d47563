import HTTPTypes
import Hummingbird
import NIOCore

/// Reads bodies, bounded in size and time, and all of them together in memory.
struct BodyReader: Sendable {
  enum Body: Sendable {
    case whole(ReceivedBody)
    case refused(Answer)
  }

  var maxBytes: Int
  let memory: MemoryBudget
  /// A body that takes longer to arrive than this is not waited for.
  var timeout = Duration.seconds(10)

  init(maxBytes: Int, memory: MemoryBudget) {
    self.maxBytes = maxBytes
    self.memory = memory
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
    let body = MemoryBudget.Share(of: memory)
    var bytes: [UInt8] = []
    var room = 0
    do {
      for try await chunk in request.body {
        let count = bytes.count + chunk.readableBytes
        guard count <= maxBytes else { return tooLarge }
        if count > room {
          // What is reserved counts, not what is used of it.
          let larger = min(maxBytes, max(count, 2 * room))
          let reserve = larger > MemoryBudget.small ? memory.forTrees : 0
          guard body.take(larger - room, leaving: reserve) else {
            return .refused(.busy("Too many bodies are on their way.").closing)
          }
          bytes.reserveCapacity(larger)
          room = larger
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
  private let share: MemoryBudget.Share

  fileprivate init(bytes: [UInt8], share: MemoryBudget.Share) {
    self.bytes = bytes
    self.share = share
  }

  /// A body that is there whole; nil when the budget has no room for it.
  init?(_ bytes: [UInt8], in budget: MemoryBudget) {
    let share = MemoryBudget.Share(of: budget)
    guard share.take(bytes.count, leaving: 0) else { return nil }
    self.init(bytes: bytes, share: share)
  }

  enum Room {
    /// As long as it is kept.
    case taken(MemoryBudget.Share)
    /// Not now.
    case none
    /// Never.
    case tooMuch
  }

  /// Room for what becomes of the body, of so many bytes.
  func room(for bytes: Int) -> Room {
    let budget = share.budget
    guard bytes <= budget.bytes - budget.forSmallBodies - self.bytes.count else { return .tooMuch }
    let tree = MemoryBudget.Share(of: budget)
    let reserve = bytes > MemoryBudget.small ? budget.forSmallBodies : 0
    return tree.take(bytes, leaving: reserve) ? .taken(tree) : .none
  }
}

/// Whether a `Content-Type` says JSON.
func isJSON(_ contentType: String) -> Bool {
  contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " } == "application/json"
}
