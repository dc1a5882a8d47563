package import ProvisioningModel

/// When an object that keeps failing is tried again without anybody having asked. Its source changing, and a person, bring it forward.
package struct EscrowSchedule: Hashable, Sendable {
  /// Between two cycles; nothing is tried again sooner.
  package var interval: Duration
  /// However long it has been failing, it is tried this often.
  package static let longest = Duration.seconds(86_400)

  package init(interval: Duration) {
    self.interval = interval
  }

  /// A passing failure is looked at again in the next cycle, and so is an object that another object of the directory stands in the way of, which
  /// may go any time. For any other, the wait is as long as it has been failing already, so that the intervals double.
  package func nextAttempt(after failure: Failure, firstFailure: Timestamp, now: Timestamp) -> Timestamp {
    let waitsForAnother = failure.code == .duplicateSourceEntries || failure.code == .nameInUse
    guard failure.remedy == .escrow, !waitsForAnother else { return now + interval }
    return now + max(interval, min(now - firstFailure, Self.longest))
  }

  /// Whether a cycle that begins now takes it along: also when it falls due before half of the time to the next cycle has gone.
  package func isDue(_ escrow: Escrow, at now: Timestamp) -> Bool {
    guard let next = escrow.nextAttempt else { return true }
    // No attempt is further away than the longest interval: then the clock was wrong when it was planned.
    return next <= now + interval / 2 || next > now + max(interval, Self.longest)
  }
}
