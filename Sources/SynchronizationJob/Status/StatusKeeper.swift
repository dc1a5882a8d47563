import ProvisioningModel
import Reconciler
import Synchronization

/// Keeps the status of a job, and what of it outlives the process, in step with what happens.
final class StatusKeeper: Sendable {
  private let state: any State
  private let wall: any WallClock
  private let status = Mutex(JobStatus())

  init(state: any State, wall: any WallClock) {
    self.state = state
    self.wall = wall
  }

  var current: JobStatus { status.withLock { $0 } }
  var isPaused: Bool { status.withLock { $0.record.isPaused } }

  /// Takes over what a former process has left.
  func restore() async throws(Failure) {
    let record = try await state.jobRecord()
    status.withLock { $0.record = record }
  }

  /// Stored before it counts: a pause that a restart of the process would undo is none.
  func setPaused(_ isPaused: Bool) async throws(Failure) {
    var record = current.record
    record.isPaused = isPaused
    try await state.setJobRecord(record)
    status.withLock { $0.record.isPaused = isPaused }
  }

  func cycleBegan(_ kind: CycleKind, id: String) {
    status.withLock { $0.cycleBegan(kind, id: id, at: wall.now) }
  }

  func ran(_ report: RunReport, cycleID: String?, latency: Duration?) {
    status.withLock { $0.ran(report, cycleID: cycleID, latency: latency, at: wall.now) }
  }

  func cycleEnded(_ report: CycleReport) async {
    status.withLock { $0.cycleEnded(report) }
    await store()
  }

  func cycleFailed(_ failure: Failure) async {
    if failure.remedy == .cancelled {
      status.withLock { $0.cycleBrokenOff() }
    } else {
      status.withLock { $0.cycleFailed(failure, at: wall.now) }
      await store()
    }
  }

  /// What cannot be stored now is stored with the next cycle; the state's own readiness check tells that it cannot.
  private func store() async {
    let record = current.record
    do throws(Failure) { try await state.setJobRecord(record) } catch {}
  }
}

extension Failure {
  /// A cycle was broken off on request.
  static let brokenOff = Failure(.cancelled, .internalError, "The cycle was broken off.", advice: "")
}
