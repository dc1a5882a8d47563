import Dispatch
import ProvisioningModel
import Storage
import SynchronizationJob
import WorkQueue

// What is measured when somebody asks.

extension RollcallService {
  private static let measuring = DispatchQueue(label: "rollcall.metrics")

  func metricsText() async -> String {
    let queue = job.queue.statistics
    metrics.set(Metric.depth, to: Double(queue.ready + queue.delayed))
    metrics.set(Metric.adds, to: Double(queue.adds))
    metrics.set(Metric.retries, to: Double(queue.retries))
    metrics.set(Metric.unfinishedWork, to: queue.unfinishedWork.inSeconds)
    metrics.set(Metric.removalsHeld, to: Double(job.heldRemovals))
    metrics.set(Metric.quarantined, to: job.quarantine == nil ? 0 : 1)
    metrics.set(Metric.paused, to: job.status.record.isPaused ? 1 : 0)
    // A state file has one owner.
    metrics.set(Metric.leader, to: 1)
    if let silence { metrics.set(Metric.silent, to: silence.silentSince == nil ? 0 : 1) }
    metrics.set(Metric.longestRunning, to: queue.longestRunning.inSeconds)
    // While the state cannot be read, its last numbers stand; the readiness check tells.
    if let numbers = try? await stateNumbers.value() {
      metrics.set(Metric.escrows, to: Double(numbers.escrows))
      metrics.set(Metric.orphans, to: Double(numbers.orphans))
      metrics.set(Metric.stateBytes, to: Double(numbers.bytes))
    }
    if let process = await offPool(on: Self.measuring, { ProcessMetrics.read() }) { set(process) }
    return metrics.text()
  }

  private func set(_ process: ProcessMetrics) {
    metrics.set(Metric.residentMemory, to: Double(process.residentBytes))
    metrics.set(Metric.cpu, to: process.cpuSeconds)
    metrics.set(Metric.openDescriptors, to: Double(process.openDescriptors))
    metrics.set(Metric.maxDescriptors, to: Double(process.maxDescriptors))
    metrics.set(Metric.threads, to: Double(process.threads))
    metrics.set(Metric.processStart, to: process.startSeconds)
  }
}

/// What the state holds.
struct StateNumbers: Sendable {
  var escrows: Int
  var orphans: Int
  /// On the disk.
  var bytes: Int

  /// Nil when the state cannot be read.
  init?(_ state: SQLiteState) async {
    do throws(Failure) {
      escrows = try await state.escrowCount()
      orphans = try await state.orphanCount(since: .never).all
      bytes = state.bytes
    } catch {
      return nil
    }
  }
}
