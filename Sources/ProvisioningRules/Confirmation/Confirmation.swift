/// Tells an absence from a replica that lags: what is missing counts as gone once two complete looks agree whose requests began far
/// enough apart, and no look in between found it. Pure; times are monotonic (`Uptime`).
package struct Confirmation<Key: Hashable & Sendable>: Sendable {
  package enum Verdict: Hashable, Sendable {
    case confirmed
    /// Look again when so much time has passed since the request of this look began.
    case lookAgain(after: Duration)
  }

  /// A first look that is older, and older than three times the distance, counts for nothing: much may have happened in between.
  private static var memory: Duration { .seconds(3600) }
  /// What does not fit is never confirmed, rather than growing without bound.
  private static var capacity: Int { 100_000 }

  private var firstLooks: [Key: Duration] = [:]

  package init() {}

  /// When the first look began that missed it; nil when the last one found it.
  package func missedSince(_ key: Key) -> Duration? { firstLooks[key] }

  package var isEmpty: Bool { firstLooks.isEmpty }

  /// A complete look found it.
  /// - Parameter began: When its request began: a look from before the one that missed it says nothing.
  package mutating func found(_ key: Key, at began: Duration) {
    if let first = firstLooks[key], began >= first { firstLooks[key] = nil }
  }

  /// A complete look missed it.
  /// - Parameters:
  ///   - began: When its request began.
  ///   - distance: How far apart the two looks have to begin.
  package mutating func missed(_ key: Key, at began: Duration, distance: Duration) -> Verdict {
    var first = began
    if let known = firstLooks[key], began - known <= max(Self.memory, distance * 3) {
      first = min(known, began)
    } else if firstLooks[key] != nil || firstLooks.count < Self.capacity {
      firstLooks[key] = began
    }
    let rest = distance - (began - first)
    return rest > .zero ? .lookAgain(after: rest) : .confirmed
  }

  package mutating func forget(_ key: Key) {
    firstLooks[key] = nil
  }
}
