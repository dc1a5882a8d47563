import Reconciler
package import ProvisioningModel
import ProvisioningRules
import WorkQueue

// In quarantine nothing is handed out of the queue and no cycle begins; probes take the cycles' place.

extension Job {
  /// Why the job is paused, or why removals are; nil when all is well.
  package var quarantine: QuarantineStatus? {
    if let identityHold { return identityHold }
    if let status = safeguards.quarantineStatus { return status }
    guard let since = safeguards.heldSince else { return nil }
    return QuarantineStatus(
      reason: .tooManyDeletes, failure: .tooManyDeletes(safeguards.heldCount), seriesBegan: since, currentBegan: since,
      nextAttempt: nil)
  }

  /// Ends the quarantine without waiting for a probe.
  /// - Parameter forgetting: As `start` does: also what was learned from it; otherwise as `restart` with `QuarantineState`.
  package func liftQuarantine(forgetting: Bool) async {
    await protectionChanged(safeguards.lift(forgetting: forgetting))
  }

  /// Something that a quarantine may be due to has been mended, such as a secret: probes at once.
  package func probeNow() {
    if safeguards.hastenProbe() { requestCycle() }
  }

  /// Makes what the quarantine decided take effect, and tells.
  func protectionChanged(_ event: ProtectionEvent?) async {
    guard let event else { return }
    let status = safeguards.quarantineStatus
    holdOrRelease()
    if let status { tracker.stop(status.failure) }
    await safeguards.store()
    // The loop of cycles and probes learns of it.
    requestCycle()
    observer.protectionChanged(event)
  }

  var untilNextProbe: Duration? {
    safeguards.quarantineStatus?.nextAttempt.map { max(.zero, $0 - wall.now) }
  }

  /// Asks both sides something cheap once it is time to.
  /// - Returns: When to come back; nil when there is nothing to come back for.
  func probe() async -> Duration? {
    guard let wait = untilNextProbe, wait == .zero else { return untilNextProbe }
    await protectionChanged(await safeguards.probed(await findFailure()))
    return untilNextProbe
  }

  private func findFailure() async -> Failure? {
    do throws(Failure) {
      _ = try await provisioner.directory.application()
      // As Entra's own connection test does: no person has this name, and an empty list is the right answer.
      _ = try await provisioner.target.people(where: .targetName, equals: "rollcall-connection-test")
      return nil
    } catch {
      return error
    }
  }
}

extension Failure {
  fileprivate static func tooManyDeletes(_ count: Int) -> Failure {
    Failure(
      .quarantine, .tooManyDeletes,
      "\(count) people would be disabled or deleted, which is more than is allowed at once.",
      advice:
        "Mend the assignments or filters if that is a mistake; restart with resetScope ForceDeletes if it is not.")
  }
}
