/// The monotonic clock, counted from some moment of this process. Evidence is timed by it: the wall clock may jump.
package struct Uptime: Sendable {
  private let read: @Sendable () -> Duration

  package init<C: Clock>(_ clock: C) where C.Duration == Duration {
    let start = clock.now
    read = { start.duration(to: clock.now) }
  }

  package init(_ read: @escaping @Sendable () -> Duration) {
    self.read = read
  }

  package var now: Duration { read() }
}
