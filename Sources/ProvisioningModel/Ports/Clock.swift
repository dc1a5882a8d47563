/// The wall clock, to stamp things with. Waiting is done on a `Swift.Clock`; tests move both by hand.
package protocol WallClock: Sendable {
  var now: Timestamp { get }
}
