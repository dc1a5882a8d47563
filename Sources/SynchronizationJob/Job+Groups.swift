import ProvisioningModel
import Reconciler
import WorkQueue

// Groups as objects of their own, when they are provisioned.

extension Job {
  /// Users arrive one by one: a group waits this long for more of its members before it is looked at again.
  private static var gathering: Duration { .seconds(1) }

  /// What a change of a group calls for: its members may have come into scope or left it, and itself may be provisioned.
  func groupKeys(_ group: ObjectID) -> [WorkKey] {
    provisioner.policy.groups == nil ? [.members(group)] : [.members(group), .group(group)]
  }

  func runGroup(_ group: ObjectID, _ item: Queue.Item) async {
    do throws(Failure) {
      guard let policy = provisioner.policy.groups, try await isDue(group, item.key) else {
        _ = queue.finish(item, .done)
        return
      }
      await run(group, item) { cycleID, removals, onDemand throws(Failure) in
        try await self.provisioner.run(
          group: group, policy: policy, cycleID: cycleID, removals: removals, onDemand: onDemand)
      }
    } catch {
      observer.readFailed(item.key, error)
      _ = queue.finish(item, .retry)
    }
  }

  /// Who of a group's members is provisioned is not known before the first cycle has come to the groups; it looks at every one of them, and
  /// what changes meanwhile is seen by the cycle after it. On demand, its members have been run just before.
  private func isDue(_ group: ObjectID, _ key: WorkKey) async throws(Failure) -> Bool {
    if tracker.cycleID(of: key) != nil || !desk.tickets(for: group).isEmpty { return true }
    return try await state.watermark() != nil
  }

  /// Queues the groups whose assignment is new, another, or has ended.
  func queueUnsettledGroups(_ priority: QueuePriority) async throws(Failure) {
    guard provisioner.policy.groups != nil else { return }
    add(try await GroupSelection(scope, state).unsettled.sorted(), priority)
  }

  /// Queues the groups that gained or lost a member, or a group again whose member came while it ran
  /// (docs/decisions/0010-references-in-two-passes.md, "Decision").
  func queueGroups(_ report: RunReport, _ priority: QueuePriority) async {
    guard provisioner.policy.groups != nil else { return }
    let object = report.record.objectID
    do throws(Failure) {
      if report.changesMemberships {
        add(try await state.groups(containing: object), priority, after: Self.gathering)
      }
      let awaited = report.awaitedMembers
      if !awaited.isEmpty, try await state.links(of: awaited).contains(where: { $0.condition != .released }) {
        add([object], priority, after: Self.gathering)
      }
    } catch {
      observer.readFailed(.group(object), error)
    }
  }

  private func add(_ groups: [ObjectID], _ priority: QueuePriority, after delay: Duration = .zero) {
    guard !groups.isEmpty else { return }
    // Should the queue be full: the next cycle finds them by their links and members.
    _ = queue.add(contentsOf: groups.map { .group($0) }, priority: priority, after: delay)
  }
}
