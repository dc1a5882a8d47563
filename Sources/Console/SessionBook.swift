import Cryptography
import Synchronization

/// The sessions of the console, in memory alone. An id is known to its browser; here is only its hash.
package final class SessionBook: Sendable {
  package struct Limits: Sendable {
    /// Without use.
    package var idle = Duration.seconds(30 * 60)
    /// In all.
    package var lifetime = Duration.seconds(12 * 3600)
    /// Beyond it the one that was used longest ago ends.
    package var count = 1000

    package init() {}
  }

  private struct Entry {
    var session: Session
    var opened: Duration
    var used: Duration
  }

  private let limits: Limits
  private let uptime: @Sendable () -> Duration
  private let entries = Mutex([[UInt8]: Entry]())

  /// - Parameter uptime: Monotonic.
  package init(_ limits: Limits = Limits(), uptime: @escaping @Sendable () -> Duration) {
    self.limits = limits
    self.uptime = uptime
  }

  /// - Returns: The id for the browser's cookie: 64 hexadecimal digits.
  package func open(_ session: Session) -> String {
    var generator = SystemRandomNumberGenerator()
    let id = Hexadecimal.text((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
    let now = uptime()
    entries.withLock { entries in
      entries = entries.filter { isAlive($0.value, now) }
      while entries.count >= limits.count, let oldest = entries.min(by: { $0.value.used < $1.value.used })?.key {
        entries[oldest] = nil
      }
      entries[Self.key(id)] = Entry(session: session, opened: now, used: now)
    }
    return id
  }

  /// - Parameters:
  ///   - isUse: Whether the user did something, rather than the page by itself.
  ///   - isValid: Whether the proof still holds; the session ends when it does not.
  /// - Returns: Nil when there is no such session any more.
  package func session(_ id: String, isUse: Bool, isValid: (Session.Proof) -> Bool) -> Session? {
    let key = Self.key(id)
    let now = uptime()
    return entries.withLock { entries in
      guard let entry = entries[key] else { return nil }
      guard isAlive(entry, now), isValid(entry.session.proof) else {
        entries[key] = nil
        return nil
      }
      if isUse { entries[key]?.used = now }
      return entry.session
    }
  }

  package func close(_ id: String) {
    entries.withLock { $0[Self.key(id)] = nil }
  }

  package var count: Int { entries.withLock { $0.count } }

  private func isAlive(_ entry: Entry, _ now: Duration) -> Bool {
    now - entry.used < limits.idle && now - entry.opened < limits.lifetime
  }

  private static func key(_ id: String) -> [UInt8] { SHA256.hash(Array(id.utf8)) }
}
