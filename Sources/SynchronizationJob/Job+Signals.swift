import Reconciler
package import ProvisioningModel
import Synchronization
package import WorkQueue

// What notifications make of themselves.

extension Job {
  /// After this, replicas of the directory have mostly caught up with what a notification was about (docs/reference/microsoft-graph.md,
  /// "Eventual consistency").
  private static var replicationLag: Duration { .seconds(5) }
  /// While more than this waits, no object is looked at a second time.
  private static var secondLookLimit: Int { 1000 }

  /// Queues what a batch of notifications names, all of it or nothing.
  /// - Returns: `.full` or `.closed` when nothing was taken.
  package func notify(_ objects: [(kind: ObjectKind, id: ObjectID)]) -> AddResult {
    guard !objects.isEmpty else { return .merged }
    let keys = objects.flatMap { $0.kind == .user ? [.user($0.id)] : groupKeys($0.id) }
    let result = queue.add(contentsOf: keys, priority: .live, after: coalesce)
    guard result == .added || result == .merged else { return result }
    // Graph sends no notification for an assignment, but one for the user or group may be its only trace
    // (docs/decisions/0011-assignments-are-polled.md, "Decision").
    return queue.add(.assignments, priority: .live, after: max(coalesce, untilNextAssignmentRead))
  }

  /// The sender calls these objects deleted for good: together with a later look that finds them nowhere, that is proof.
  package func noteDeleted(_ objects: [ObjectID]) async {
    if !objects.isEmpty { await provisioner.evidence.deleted(objects) }
  }

  /// Has the assignments read once more.
  /// - Parameter delay: Not before so much time has passed.
  func queueAssignments(_ priority: QueuePriority, after delay: Duration = .zero) {
    if queue.add(.assignments, priority: priority, after: max(delay, untilNextAssignmentRead)) == .full {
      requestCycle()
    }
  }

  private var untilNextAssignmentRead: Duration { assignmentReads.withLock { $0.wait(from: clock.now) } }

  func readAssignments() async throws(Failure) -> Set<ObjectID> {
    let began = clock.now
    assignmentReads.withLock { $0.began(at: began) }
    let affected = try await scope.refreshAssignments()
    let ended = clock.now
    let requests = await scope.assignmentPages
    assignmentBudget.withLock { $0.spend(requests, at: uptime.now) }
    assignmentReads.withLock { $0.ended(at: ended, after: began.duration(to: ended)) }
    return affected
  }

  /// A live signal that nothing came of may have been faster than the replicas of the directory.
  func lookAgain(_ item: Queue.Item) {
    let waiting = queue.statistics
    guard item.priority != .cycle, waiting.ready + waiting.delayed < Self.secondLookLimit else { return }
    _ = queue.add(item.key, priority: .cycle, after: Self.replicationLag)
  }
}
