/// Lets a request through at most once an interval, and puts off what comes sooner, all of it together. Pure.
struct RequestPacing<Instant: InstantProtocol>: Sendable where Instant: Sendable, Instant.Duration == Duration {
  let interval: Duration
  private var next: Instant?
  private var isPutOff = false

  init(interval: Duration) {
    self.interval = interval
  }

  /// - Returns: After how long the request may be made; nil when one is put off already, which covers this one.
  mutating func ask(at now: Instant) -> Duration? {
    guard !isPutOff else { return nil }
    let wait = next.map { max(.zero, now.duration(to: $0)) } ?? .zero
    isPutOff = wait > .zero
    next = now.advanced(by: wait + interval)
    return wait
  }

  /// The one that was put off is made.
  mutating func made() {
    isPutOff = false
  }
}
