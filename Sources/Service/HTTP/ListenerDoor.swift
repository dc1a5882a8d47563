import Logging
import ServiceLifecycle

/// One port of the listener.
struct ListenerDoor: Sendable {
  let part: ListenerPart
  let host: String
  let port: Int
  let server: ServiceGroup
  /// The port that was opened; ends without one when it could not be.
  let opened: AsyncStream<Int>
  let announce: AsyncStream<Int>.Continuation

  /// The key that gives the port.
  var key: String { part == .management ? "listener.managementPort" : "listener.port" }

  /// - Throws: `ListenerFailure`, or that the task is cancelled.
  func run() async throws {
    defer { announce.finish() }
    do {
      try await server.run()
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      throw ListenerFailure(key: key, host: host, port: port, reason: "\(error)")
    }
  }
}

/// A port cannot be opened, or broke while it was served.
package struct ListenerFailure: Error, CustomStringConvertible {
  package var key: String
  var host: String
  var port: Int
  var reason: String

  package var description: String {
    "The listener cannot be opened on \(host) port \(port): \(reason)\nFree the port, or change \(key)."
  }
}
