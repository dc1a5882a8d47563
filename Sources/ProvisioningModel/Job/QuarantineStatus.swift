/// Why a job is in quarantine, named as Graph names it (docs/reference/entra-provisioning.md, "Quarantine").
package enum QuarantineReason: String, Hashable, Sendable, CaseIterable {
  case baseEscrowThreshold = "EncounteredBaseEscrowThreshold"
  case totalEscrowThreshold = "EncounteredTotalEscrowThreshold"
  /// Too large a share of all objects fails.
  case escrowProportion = "EncounteredEscrowProportionThreshold"
  /// Credentials, permissions or the application: one failure is enough.
  case exception = "EncounteredQuarantineException"
  case onDemand = "QuarantinedOnDemand"
  /// Removals are held; everything else goes on.
  case tooManyDeletes = "TooManyDeletes"
  /// The state is one of another tenant or application: the job waits for a person.
  case configurationChanged = "ConfigurationChanged"
  case ingestionInterrupted = "IngestionInterrupted"
  case unknown = "Unknown"
}

/// A quarantine as Graph's `synchronizationQuarantine` describes it. A series lasts from the first look at the cause to the end of the
/// quarantine.
package struct QuarantineStatus: Hashable, Sendable {
  package var reason: QuarantineReason
  /// What failed, with the request and its answer.
  package var failure: Failure
  package var seriesBegan: Timestamp
  /// When it was last found to be still called for.
  package var currentBegan: Timestamp
  /// How often it was found to be still called for.
  package var seriesCount: Int
  /// When the next probe is made; nil when none is.
  package var nextAttempt: Timestamp?
  /// It lasted too long: no probe is made any more.
  package var isDisabled: Bool

  package init(
    reason: QuarantineReason, failure: Failure, seriesBegan: Timestamp, currentBegan: Timestamp, seriesCount: Int = 0,
    nextAttempt: Timestamp?, isDisabled: Bool = false
  ) {
    self.reason = reason
    self.failure = failure
    self.seriesBegan = seriesBegan
    self.currentBegan = currentBegan
    self.seriesCount = seriesCount
    self.nextAttempt = nextAttempt
    self.isDisabled = isDisabled
  }
}
