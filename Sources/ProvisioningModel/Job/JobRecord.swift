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
