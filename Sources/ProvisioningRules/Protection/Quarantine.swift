package import ProvisioningModel

/// Decides when a job pauses and when it goes on. It pauses, it does not punish: a cheap probe finds out that the cause is gone
/// (docs/decisions/0009-quarantine-pauses.md, "Decision"). Pure: it is told the time and what happens, and says what has changed.
package struct Quarantine: Sendable {
  /// A cause that a person mends at any moment is probed for sooner at first.
  private static let eagerProbe = Duration.seconds(2)
  /// Objects remembered at most; with more of them, none is an exception.
  private static let suspectCapacity = 1000

  private let policy: QuarantinePolicy
  private var outcomes: OutcomeWindow
  package private(set) var status: QuarantineStatus?

  /// Objects that were refused permission although a probe went well later: the refusal may be theirs alone.
  private var suspects: Set<ObjectID> = []
  /// When a probe contradicted a refusal last, and whether anything was provisioned since.
  private var acquittal: (at: Timestamp, isProven: Bool)?
  /// How far the backoff of the last quarantine had grown, and until when a new one goes on from there.
  private var relapse: (probes: Int, until: Timestamp)?
  private var probes = 0

  package init(policy: QuarantinePolicy) {
    self.policy = policy
    outcomes = OutcomeWindow(window: policy.window)
  }

  package var isActive: Bool { status != nil }

  /// Goes on with what a former process has stored; the cause may be gone by now, so that the first probe is made at once.
  package mutating func restore(_ stored: QuarantineStatus?, at now: Timestamp) {
    status = stored
    if stored?.isDisabled == false { status?.nextAttempt = now }
  }

  // MARK: What happens

  package mutating func succeeded(_ object: ObjectID, at now: Timestamp) {
    outcomes.add(failed: false, at: now)
    suspects.remove(object)
    if acquittal != nil { acquittal?.isProven = true }
  }

  /// - Parameter object: The object whose run failed; nil for a read of the whole.
  /// - Parameter isNew: The object did not fail before: one that keeps failing is counted once.
  package mutating func failed(
    _ failure: Failure, object: ObjectID?, isNew: Bool, at now: Timestamp
  ) -> ProtectionEvent? {
    guard failure.remedy == .quarantine else {
      guard object != nil, isNew, !isActive, failure.isOfObject else { return nil }
      outcomes.add(failed: true, at: now)
      let (good, failed) = outcomes.counts(at: now)
      guard failed >= policy.minimumFailures, Double(failed) >= policy.failureShare * Double(good + failed) else {
        return nil
      }
      return enter(.escrowProportion, failure, at: now)
    }
    if failure.code == .insufficientRights, let object {
      if suspects.count >= Self.suspectCapacity { suspects = [] }
      suspects.insert(object)
    }
    guard var status else { return enter(.exception, failure, at: now) }
    guard status.reason != .exception, !status.isDisabled else { return nil }
    status.reason = .exception
    status.failure = failure
    self.status = status
    return .quarantineReasonChanged(status)
  }

  /// Whether a refusal concerns this object alone, so that it becomes an escrow: the account may act, as the probe and others have shown.
  package func concernsOnly(_ object: ObjectID, _ failure: Failure, at now: Timestamp) -> Bool {
    guard failure.remedy == .quarantine, failure.code == .insufficientRights, !isActive, let acquittal else {
      return false
    }
    return suspects.contains(object) || acquittal.isProven && now - acquittal.at < policy.window
  }

  // MARK: Probing

  /// - Parameter failure: Nil when both sides answered as they should.
  package mutating func probed(_ failure: Failure?, at now: Timestamp) -> ProtectionEvent? {
    guard let before = status, !before.isDisabled, failure?.remedy != .cancelled else { return nil }
    guard let failure else {
      relapse = (probes + 1, now + policy.probeMax)
      acquittal = (now, false)
      return leave()
    }
    // For good only after as many probes as half of the time takes: a clock that jumped ahead is no 28 days.
    let probesTaken = Double(before.seriesCount) * Double(policy.probeMax.milliseconds)
    if now - before.seriesBegan >= policy.disableAfter, probesTaken >= Double(policy.disableAfter.milliseconds) / 2 {
      var disabled = before
      disabled.isDisabled = true
      disabled.nextAttempt = nil
      status = disabled
      return .jobDisabled(disabled)
    }
    probes += 1
    var after = before
    after.seriesCount += 1
    after.currentBegan = now
    let isAnother = failure.remedy == .quarantine && failure.code != before.failure.code
    if isAnother {
      after.reason = .exception
      after.failure = failure
    }
    after.nextAttempt = now + delay(after.reason)
    status = after
    return isAnother ? .quarantineReasonChanged(after) : nil
  }

  /// Something may have been mended: the next probe is made now.
  /// - Returns: Whether there is anything to probe for.
  package mutating func hasten(at now: Timestamp) -> Bool {
    guard let status, !status.isDisabled else { return false }
    self.status?.nextAttempt = now
    return true
  }

  /// A person ends it.
  /// - Parameter forgetting: Also what was learned from it, so that nothing of it plays a part in the next one.
  package mutating func lift(forgetting: Bool) -> ProtectionEvent? {
    if forgetting {
      relapse = nil
      suspects = []
      acquittal = nil
    }
    outcomes.clear()
    return leave()
  }

  // MARK: Parts

  private mutating func enter(_ reason: QuarantineReason, _ failure: Failure, at now: Timestamp) -> ProtectionEvent {
    probes = relapse.flatMap { now < $0.until ? $0.probes : nil } ?? 0
    let entered = QuarantineStatus(
      reason: reason, failure: failure, seriesBegan: now, currentBegan: now, nextAttempt: now + delay(reason))
    status = entered
    return .quarantined(entered)
  }

  private mutating func leave() -> ProtectionEvent? {
    guard let left = status else { return nil }
    status = nil
    probes = 0
    outcomes.clear()
    return .quarantineLeft(left)
  }

  /// Doubles with every probe.
  private func delay(_ reason: QuarantineReason) -> Duration {
    var delay = policy.probeInitial
    if reason == .exception { delay = min(delay, Self.eagerProbe) }
    for _ in 0..<min(probes, 40) where delay < policy.probeMax { delay *= 2 }
    return min(delay, policy.probeMax)
  }
}

extension Failure {
  /// Either side refused or failed the object; a look that is merely to be repeated is none.
  fileprivate var isOfObject: Bool {
    switch remedy {
    case .escrow: true
    case .retry: exchange != nil
    case .reread, .quarantine, .cancelled: false
    }
  }
}
