import ProvisioningModel

/// Follows the delta links between cycles. It keeps links of its own, which begin at the watermark and are lost with the process: the
/// watermark is the cycle's, so that a lost pulse loses nothing (docs/architecture.md, "Pulse"). Pure.
struct Pulse: Sendable {
  /// A longer round is left to the cycle, which paces itself.
  static let mostPages = 10
  private static let longestWait = Duration.seconds(600)
  /// Jitter takes away up to a tenth: it only shortens, as the interval is what is promised.
  private static let jitter = 10.0

  private let interval: Duration
  private var links: [ObjectKind: DeltaLink] = [:]
  /// The watermark at which a round was too long, or its link refused: nothing is followed until a cycle has stored another.
  private var blocked: [ObjectKind: Timestamp] = [:]
  private var failures = 0

  init(interval: Duration) {
    self.interval = interval
  }

  /// - Parameter fraction: Random, from 0 to 1.
  func wait(_ fraction: Double) -> Duration {
    guard failures > 0 else { return interval - interval * (fraction / Self.jitter) }
    return max(interval, min(Self.longestWait, interval * (1 << min(failures, 10))))
  }

  /// The link to follow now; nil when there is none, or a cycle is waited for.
  mutating func link(_ kind: ObjectKind, _ watermark: Watermark) -> DeltaLink? {
    if let time = blocked[kind] {
      guard watermark.storedAt != time else { return nil }
      blocked[kind] = nil
    }
    return links[kind] ?? (kind == .user ? DeltaLink(watermark.users) : DeltaLink(watermark.groups))
  }

  mutating func followed(_ kind: ObjectKind, to next: DeltaLink) {
    links[kind] = next
  }

  /// The cycle has to take over.
  mutating func leave(_ kind: ObjectKind, _ watermark: Watermark) {
    links[kind] = nil
    blocked[kind] = watermark.storedAt
  }

  mutating func ended(failed: Bool) {
    failures = failed ? failures + 1 : 0
  }
}
