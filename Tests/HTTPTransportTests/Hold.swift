import Dispatch

/// Holds a server's answers back until the test says so.
final class Hold: Sendable {
  private let turnstile = DispatchSemaphore(value: 0)

  /// Blocks the thread, which must be one of a server's.
  func wait() {
    turnstile.wait()
    turnstile.signal()
  }

  func end() {
    turnstile.signal()
  }
}
