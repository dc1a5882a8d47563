/// What a job remembers of itself over restarts of the process.
package struct JobRecord: Hashable, Sendable {
  /// A person has paused it, and only a person lets it go on.
  package var isPaused = false
  package var last: CycleExecution?
  package var lastSuccessful: CycleExecution?
  /// The last one that succeeded and had something to write.
  package var lastSuccessfulWithExports: CycleExecution?
  /// Cycles in a row that did not come to their end.
  package var successiveCompleteFailures = 0
  /// When nothing was left to do for the first and the last time.
  package var steadyStateFirstAchieved: Timestamp?
  package var steadyStateLastAchieved: Timestamp?

  package init() {}
}

/// What is done to a state when a job is restarted, all of it or nothing.
package struct StateReset: OptionSet, Hashable, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) {
    self.rawValue = rawValue
  }

  package static let watermark = StateReset(rawValue: 1)
  package static let escrows = StateReset(rawValue: 2)
  /// Links of people and groups, and with them the watermark, so that the next cycle takes the links from listings.
  package static let links = StateReset(rawValue: 4)
}

/// The part of the state's port that keeps a job's own affairs.
package protocol JobState: Sendable {
  func jobRecord() async throws(Failure) -> JobRecord
  func setJobRecord(_ record: JobRecord) async throws(Failure)
  func reset(_ reset: StateReset) async throws(Failure)
  /// How many objects of each kind are in sync: provisioned and in scope.
  func synchronizedEntryCounts() async throws(Failure) -> [ObjectKind: Int]
}
