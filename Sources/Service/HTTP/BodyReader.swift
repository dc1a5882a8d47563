import HTTPTypes
import Hummingbird
import NIOCore

/// Reads bodies, bounded in size and time.
struct BodyReader: Sendable {
  enum Body: Sendable {
    case whole([UInt8])
    case refused(Answer)
  }

  var maxBytes: Int
  /// A body that takes longer to arrive than this is not waited for.
  var timeout = Duration.seconds(10)

  func read(_ request: Request) async -> Body {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > maxBytes { return tooLarge }
    return await withTaskGroup(of: Body.self) { group in
      group.addTask {
        do {
          var bytes: [UInt8] = []
          for try await chunk in request.body {
            guard bytes.count + chunk.readableBytes <= maxBytes else { return tooLarge }
            bytes.append(contentsOf: chunk.readableBytesView)
          }
          return .whole(bytes)
        } catch {
          return brokenOff
        }
      }
      group.addTask {
        try? await Task.sleep(for: timeout)
        return brokenOff
      }
      defer { group.cancelAll() }
      return await group.next() ?? brokenOff
    }
  }

  private var tooLarge: Body {
    .refused(.error(.contentTooLarge, "ContentTooLarge", "The body is over \(maxBytes) bytes."))
  }

  private var brokenOff: Body {
    .refused(.error(.requestTimeout, "RequestTimeout", "The body did not arrive in time."))
  }
}

/// Whether a `Content-Type` says JSON.
func isJSON(_ contentType: String) -> Bool {
  contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " } == "application/json"
}
