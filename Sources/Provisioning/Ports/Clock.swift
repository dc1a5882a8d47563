/// Time as the domain sees it: a wall clock to stamp things with, and a way to wait. Tests move it by hand.
package protocol WallClock: Sendable {
  var now: Timestamp { get }
  func sleep(for duration: Duration) async throws
}
