package import ProvisioningModel
package import Reconciler

/// How a job is doing. Pure: it is told what happens and when.
package struct JobStatus: Hashable, Sendable {
  package enum Code: String, Hashable, Sendable {
    case notRun = "NotRun"
    case active = "Active"
    case paused = "Paused"
    case quarantine = "Quarantine"
  }

  package var record = JobRecord()
  package private(set) var running: CycleExecution?
  private var pace: Pace?
  /// The time from the last notification that was applied to its being applied.
  package private(set) var lastEventLag: Duration?

  package init() {}

  /// A pause is a person's will and goes before everything else.
  package func code(isQuarantined: Bool) -> Code {
    if record.isPaused { return .paused }
    if isQuarantined { return .quarantine }
    return record.last == nil && running == nil ? .notRun : .active
  }

  // MARK: What happens

  package mutating func cycleBegan(_ kind: CycleKind, id: String, at now: Timestamp) {
    running = CycleExecution(id: id, kind: kind, began: now)
    pace = nil
  }

  /// A run of one object ended.
  /// - Parameter cycleID: Of the cycle that it belongs to.
  package mutating func ran(_ report: RunReport, cycleID: String?, latency: Duration?, at now: Timestamp) {
    if let latency, report.failure == nil { lastEventLag = latency }
    guard let cycleID, running?.id == cycleID else { return }
    running?.counts.add(report)
    // The reading that comes first says nothing of how fast objects are done.
    pace = pace ?? Pace(began: now)
    pace?.step(at: now)
  }

  package mutating func cycleEnded(_ report: CycleReport) {
    guard var execution = running, execution.id == report.id else { return }
    running = nil
    execution.kind = report.kind
    execution.ended = report.ended
    execution.counts.importedDeltas = report.changes
    execution.counts.importedReferenceDeltas = report.groupChanges
    record.last = execution
    record.successiveCompleteFailures = 0
    record.steadyStateFirstAchieved = record.steadyStateFirstAchieved ?? report.ended
    record.steadyStateLastAchieved = report.ended
    guard execution.state == .succeeded else { return }
    record.lastSuccessful = execution
    if execution.counts.exported > 0 { record.lastSuccessfulWithExports = execution }
  }

  /// The running cycle could not be carried through.
  package mutating func cycleFailed(_ failure: Failure, at now: Timestamp) {
    guard var execution = running else { return }
    running = nil
    execution.ended = now
    execution.failure = failure
    record.last = execution
    record.successiveCompleteFailures += 1
  }

  /// The running cycle was broken off on request, which says nothing about how the job is doing.
  package mutating func cycleBrokenOff() {
    running = nil
  }

  // MARK: What is known

  /// - Parameter tracked: Objects done, of all, and failed; nil before it is known how many there are.
  package func progress(
    _ tracked: (completed: Int, total: Int, failed: Int)?, at now: Timestamp
  ) -> CycleProgress? {
    guard running != nil else { return nil }
    guard let tracked else { return CycleProgress(completed: 0, total: nil, failed: 0, observed: now) }
    return CycleProgress(
      completed: tracked.completed, total: tracked.total, failed: tracked.failed, rate: pace?.rate(at: now),
      remaining: pace?.remaining(tracked.total - tracked.completed, at: now), observed: now)
  }
}
