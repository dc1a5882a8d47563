import ProvisioningModel
import ProvisioningRules
import Reconciler
import Synchronization
import WorkQueue

// What is found between cycles without any notification.

extension Job {
  /// Until the task is cancelled.
  func runPulse() async {
    guard schedule.pulse > .zero else { return }
    var pulse = Pulse(interval: schedule.pulse)
    while !Task.isCancelled {
      let fraction = jitter.withLock { $0.fraction() }
      do { try await clock.sleep(for: pulse.wait(fraction)) } catch { return }
      guard await mayPulse else { continue }
      pulse.ended(failed: await beat(&pulse))
    }
  }

  /// Not while nothing would come of it, and not before a cycle has found out who is in scope.
  private var mayPulse: Bool {
    get async {
      guard isRestored, !keeper.isPaused, identityHold == nil, isIdentified, safeguards.quarantineStatus == nil else {
        return false
      }
      return await scope.isComplete
    }
  }

  /// - Returns: Whether a read failed.
  private func beat(_ pulse: inout Pulse) async -> Bool {
    do throws(Failure) {
      guard let watermark = try await state.watermark() else { return false }
      for kind in ObjectKind.allCases {
        guard let link = pulse.link(kind, watermark) else { continue }
        let round = try await provisioner.directory.changes(kind, since: link, atMost: Pulse.mostPages)
        guard case .changes(let changed, let deleted, let next)? = round else {
          return leave(kind, watermark, &pulse)
        }
        await noteDeleted(Array(deleted))
        await provisioner.evidence.named(changed)
        guard try await queueChanged(kind, changed) else { return leave(kind, watermark, &pulse) }
        pulse.followed(kind, to: next)
      }
      if assignmentBudget.withLock({ $0.canRead(at: uptime.now) }) { queueAssignments(.pulse) }
      return false
    } catch {
      if error.remedy == .cancelled { return false }
      observer.pulseFailed(error)
      await protectionChanged(safeguards.note(error))
      return true
    }
  }

  /// Too much has changed, or the link is refused: the cycle begins now.
  private func leave(_ kind: ObjectKind, _ watermark: Watermark, _ pulse: inout Pulse) -> Bool {
    pulse.leave(kind, watermark)
    requestCycle()
    return false
  }

  /// Queues those that concern this job: users who are linked or assigned, groups that are assigned or provisioned.
  /// - Returns: False when the queue has no room for them.
  private func queueChanged(_ kind: ObjectKind, _ changed: Set<ObjectID>) async throws(Failure) -> Bool {
    guard !changed.isEmpty else { return true }
    let keys: [WorkKey]
    switch kind {
    case .user:
      var users = scope.kind == .all ? changed : await scope.assigned(among: changed)
      users.formUnion(try await state.links(of: changed).map(\.objectID))
      keys = users.sorted().map { .user($0) }
    case .group:
      var groups: [ObjectID] = []
      for group in changed.sorted() where try await concerns(group) { groups.append(group) }
      keys = groups.flatMap(groupKeys)
    }
    guard !keys.isEmpty else { return true }
    return queue.add(contentsOf: keys, priority: .pulse) != .full
  }

  private func concerns(_ group: ObjectID) async throws(Failure) -> Bool {
    // With nested groups any other may stand inside of one that is assigned.
    if scope.nestedGroups { return true }
    if await scope.isAssigned(group: group) { return true }
    return try await state.groupLink(group) != nil
  }
}
