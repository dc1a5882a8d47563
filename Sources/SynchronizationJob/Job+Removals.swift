package import ProvisioningModel
import ProvisioningRules
import Reconciler
import WorkQueue

// Removals are planned by runs, judged together under a key of their own, and carried out by further runs.

extension Job {
  /// How often it is seen whether those that are planned can be judged.
  private static var judgingInterval: Duration { .milliseconds(100) }

  /// Disables and deletes that wait for a person.
  package var heldRemovals: Int { safeguards.heldCount }

  /// Those that wait for an operator, and those that one keeps from being made; by object id.
  package var openRemovals: [HeldRemoval] { safeguards.openRemovals }

  /// Lets removals through, unless the directory no longer calls for them: the assignments are read again first, and each of the objects by
  /// its run. Orphans that are named are disabled.
  /// - Throws: When the assignments cannot be read, or the decision cannot be stored; everything stays as it was then.
  package func allow(_ selection: RemovalSelection) async throws(Failure) {
    let keys = try await release(selection)
    // What does not fit is taken along by the cycle.
    if queue.add(contentsOf: keys, priority: .cycle) == .full { requestCycle() }
  }

  /// As `allow`, and leaves carrying them out to the next cycle.
  /// - Returns: What was let through.
  @discardableResult
  func release(_ selection: RemovalSelection) async throws(Failure) -> [WorkKey] {
    let orphans = try await orphans(in: selection)
    guard !safeguards.openRemovals.isEmpty || !orphans.isEmpty else { return [] }
    queueAffected(try await scope.refresh(), priority: .live)
    return try await safeguards.decide(.released, selection) + (try await safeguards.allow(orphans))
  }

  /// Keeps held removals from being made, as long as their reason stays the same.
  package func keep(_ selection: RemovalSelection) async throws(Failure) {
    _ = try await safeguards.decide(.kept, selection)
  }

  /// Orphans are only ever named one by one.
  private func orphans(in selection: RemovalSelection) async throws(Failure) -> [Orphan] {
    guard case .objects(let objects) = selection else { return [] }
    var orphans: [Orphan] = []
    for object in objects {
      if let orphan = try await state.connection(object)?.orphan { orphans.append(orphan) }
    }
    return orphans
  }

  /// How long ago the signal came that a run goes back to; nil when none did.
  func latency(of item: Queue.Item) -> Duration? {
    guard item.priority != .cycle else { return nil }
    switch item.key {
    case .user(let id), .group(let id): return safeguards.signalledAt(id).map { wall.now - $0 } ?? queue.age(of: item)
    case .members, .assignments, .removals: return queue.age(of: item)
    }
  }

  /// To be called before the key leaves the queue, so that a cycle does not take it for done.
  func noteRemoval(_ report: RunReport, _ item: Queue.Item) {
    guard var removal = report.plannedRemoval else {
      if report.failure == nil { safeguards.settle(report.record.objectID, report.record.removal) }
      return
    }
    // For a removal outside of a cycle nothing else asks for a judgement.
    if item.priority != .cycle || removal.cycleID == nil {
      removal.signalledAt = wall.now - queue.age(of: item)
    }
    safeguards.plan(removal)
    if removal.signalledAt != nil, queue.add(.removals, priority: .live) == .full { requestCycle() }
  }

  /// What a planned removal means for the cycle, once its key has left the queue.
  func settlePlanned(_ object: ObjectID, _ key: WorkKey) {
    if tracker.postpone(key, if: { safeguards.isPlanned(object) }) { return }
    // Let through meanwhile, it runs again; held, it is done.
    if safeguards.permission(for: object) == .held { tracker.settle(key, failed: false) }
  }

  func judgeRemovals(_ item: Queue.Item) async {
    let isCycleDone = tracker.cycleID(of: .removals) != nil
    do throws(Failure) {
      let verdict = try await safeguards.judge(waitingFor: isCycleDone ? nil : inHand, isCycleDone: isCycleDone)
      switch verdict {
      case nil:
        putBack(item, after: Self.judgingInterval)
        return
      case .nothingPlanned?: break
      case .hold(let removals, _)?:
        tracker.settlePostponed()
        tellWhoWaits(removals)
      case .letThrough(let removals)?:
        tracker.resume(removals.map(\.key))
        queueLetThrough(removals)
      }
      if isCycleDone { tracker.settlePostponed() }
      _ = queue.finish(item, .done)
      tracker.finishJudging()
    } catch {
      observer.readFailed(item.key, error)
      tracker.stop(error)
      putBack(item, after: .seconds(5))
    }
  }

  /// A caller that waits for one that is held is told by a run that does nothing more.
  private func tellWhoWaits(_ removals: [PlannedRemoval]) {
    for removal in removals where !desk.tickets(for: removal.objectID).isEmpty {
      _ = queue.add(removal.key, priority: .live)
    }
  }

  private func queueLetThrough(_ removals: [PlannedRemoval]) {
    for removal in removals
    where queue.add(removal.key, priority: removal.signalledAt == nil ? .cycle : .live) == .full {
      unsettleScope()
      tracker.stop(.queueIsFull)
      requestCycle()
      return
    }
  }

  /// What may still add to the planned removals.
  private var inHand: RemovalGuard.InHand {
    var inHand = RemovalGuard.InHand(objects: 0, reads: 0)
    let plannedFor = safeguards.plannedFor ?? .zero
    queue.forEachPending(.pulse) { key, age in
      switch key {
      case .user, .group: inHand.objects += 1
      case .members, .assignments: if age >= plannedFor { inHand.reads += 1 }
      case .removals: break
      }
    }
    return inHand
  }
}

extension Failure {
  fileprivate static let queueIsFull = Failure(
    .retry(after: nil), .internalError, "The queue is full: removals that were let through wait for the next cycle.",
    advice: "Nothing to do unless it lasts; then raise queue.capacity.")
}
