import ProvisioningModel
import Reconciler
import WorkQueue

// Which objects are looked at again because of what became of another.

extension Job {
  /// Queues the users whose person waits for this one as supervisor, or this one again when the manager came while it ran.
  func queueWaiting(_ report: RunReport) async {
    let user = report.record.objectID
    do throws(Failure) {
      var waiting = report.isNewlyLinked ? try await state.links(awaiting: user) : []
      if case .set(let link) = report.record.link, let manager = link.pendingSupervisor,
        try await state.link(manager) != nil
      {
        waiting.append(user)
      }
      guard !waiting.isEmpty else { return }
      // What an object of a cycle makes necessary is part of the cycle.
      let joined = waiting.filter { tracker.add(.user($0), because: .user(user)) }
      if queue.add(contentsOf: waiting.map { .user($0) }, priority: .cycle) != .full { return }
      // Those who find no room are found by the next cycle.
      for other in joined { tracker.settle(.user(other), failed: false) }
    } catch {
      observer.readFailed(.user(user), error)
    }
  }

  /// Queues the users who could not be provisioned because another person had their name, which may be free by now.
  func queueNamesakes(_ report: RunReport) async {
    guard report.givesUpName else { return }
    do throws(Failure) {
      let blocked = try await state.escrows().filter { $0.kind == .user && $0.failure.isOfName }
      // Should the queue be full: their escrows have times of their own.
      if !blocked.isEmpty { _ = queue.add(contentsOf: blocked.map { .user($0.objectID) }, priority: .cycle) }
    } catch {
      observer.readFailed(.user(report.record.objectID), error)
    }
  }
}

extension Failure {
  fileprivate var isOfName: Bool { code == .conflict || code == .duplicateSourceEntries || code == .nameInUse }
}
