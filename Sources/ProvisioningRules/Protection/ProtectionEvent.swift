package import ProvisioningModel

/// What a person ought to be told of, once each (docs/decisions/0008-removals-pass-a-guard.md, "Decision";
/// docs/decisions/0009-quarantine-pauses.md, "Decision").
package enum ProtectionEvent: Hashable, Sendable {
  /// Nothing is provisioned until the cause is gone.
  case quarantined(QuarantineStatus)
  case quarantineReasonChanged(QuarantineStatus)
  /// What the status was until now.
  case quarantineLeft(QuarantineStatus)
  /// The quarantine has lasted too long: only `start` or `restart` bring the job back.
  case jobDisabled(QuarantineStatus)
  /// The job waits for a person: the state is one of another tenant or application.
  case configurationChanged(QuarantineStatus)
  /// `count` more removals are held, which makes `total`; so many as `limit` would have been carried out.
  case removalsHeld(count: Int, total: Int, limit: Int)
  /// None is held any more: released, or no longer called for.
  case removalsNoLongerHeld
}
