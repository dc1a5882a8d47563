/// Keeps a read that every signal asks for from going on all the time: after each comes a pause of twice its length. A list that takes
/// long to read is read more rarely, so that the rest of the work keeps its share. Pure.
struct ReadPacing<Instant: InstantProtocol>: Sendable where Instant.Duration == Duration {
  private static var pause: Int { 2 }

  private var lastLength = Duration.zero
  private var mayBegin: Instant?

  mutating func began(at now: Instant) {
    // What is asked for meanwhile waits as if this one took as long as the last.
    mayBegin = now.advanced(by: lastLength * (Self.pause + 1))
  }

  mutating func ended(at now: Instant, after length: Duration) {
    lastLength = length
    mayBegin = now.advanced(by: length * Self.pause)
  }

  /// How long from now the next read has to wait.
  func wait(from now: Instant) -> Duration {
    mayBegin.map { max(.zero, now.duration(to: $0)) } ?? .zero
  }
}
