import Synchronization

/// Counts wrong tokens by address: for how long their answer waits, and when the log tells of them.
final class TokenFailures: Sendable {
  struct Summary: Hashable, Sendable {
    /// Since the summary before.
    var count: Int
    var lastAddress: String?
  }

  fileprivate struct Offender {
    var count: Int
    var last: Duration
  }

  fileprivate struct Condition {
    var offenders: [String: Offender] = [:]
    var untold = 0
    var toldAt: Duration?
    var waiting = 0
  }

  /// The first wrong token may be a slip: it is answered at once.
  fileprivate static let firstDelay = Duration.milliseconds(100)
  fileprivate static let longestDelay = Duration.seconds(5)
  /// An address is forgotten after so long without a wrong token.
  fileprivate static let memory = Duration.seconds(300)
  fileprivate static let capacity = 1000
  /// One line of the log in so long.
  private static let interval = Duration.seconds(60)
  /// So many answers wait at once; beyond them they come at once, as a waiting one costs a connection.
  private static let places = 64

  private let uptime: @Sendable () -> Duration
  private let sleep: @Sendable (Duration) async -> Void
  private let condition = Mutex(Condition())

  /// - Parameter uptime: Monotonic.
  init(uptime: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async -> Void) {
    self.uptime = uptime
    self.sleep = sleep
  }

  /// A wrong token came.
  func note(_ address: String?) -> (delay: Duration, summary: Summary?) {
    let now = uptime()
    return condition.withLock { condition in
      condition.untold += 1
      var summary: Summary?
      if condition.toldAt.map({ now - $0 >= Self.interval }) ?? true {
        summary = Summary(count: condition.untold, lastAddress: address)
        condition.untold = 0
        condition.toldAt = now
      }
      return (condition.delay(of: address ?? "", now), summary)
    }
  }

  /// Waits, if there is a place to wait at.
  func wait(_ delay: Duration) async {
    guard delay > .zero else { return }
    let mayWait = condition.withLock { condition in
      guard condition.waiting < Self.places else { return false }
      condition.waiting += 1
      return true
    }
    guard mayWait else { return }
    await sleep(delay)
    condition.withLock { $0.waiting -= 1 }
  }
}

extension TokenFailures.Condition {
  fileprivate mutating func delay(of address: String, _ now: Duration) -> Duration {
    offenders = offenders.filter { now - $0.value.last < TokenFailures.memory }
    if offenders.count >= TokenFailures.capacity, offenders[address] == nil {
      offenders[offenders.min { $0.value.last < $1.value.last }?.key ?? ""] = nil
    }
    let count = offenders[address]?.count ?? 0
    offenders[address] = .init(count: count + 1, last: now)
    guard count > 0 else { return .zero }
    return min(TokenFailures.longestDelay, TokenFailures.firstDelay * (1 << min(count - 1, 10)))
  }
}
