import MicrosoftGraph
import ProvisioningModel
import ProvisioningRules
import Reconciler
import Simulators
import SynchronizationJob
import TestSupport
import WorkQueue

/// A job that reads the simulated Graph and writes into a model of xMatters, a cycle at a time, each in a process of its own.
struct CycleStage {
  let graph: GraphStage
  /// The sample users, also those who are gone by now.
  let users: [ObjectID]
  let target = ModelTarget()
  let state = MemoryState()
  var scope = ScopeKind.assigned
  static let policy = ProvisioningPolicy(
    mapping: .sample(), groups: .sample(),
    confirmation: .init(leave: .seconds(2), absence: .seconds(2)), fingerprint: 1)

  static func with(
    users: Int, assigned: Int, delta: DeltaShape = .init(), pageSize: Int = 100, scope: ScopeKind = .assigned,
    _ body: (CycleStage) async throws -> Void
  ) async throws {
    try await GraphStage.with(
      users: users, assigned: assigned, delta: delta, attributes: policy.attributeNames,
      groupAttributes: policy.groups?.attributeNames ?? [], pageSize: pageSize
    ) { graph in
      try await body(CycleStage(graph: graph, users: graph.users, scope: scope))
    }
  }

  /// - Parameter full: False runs the one that is due.
  @discardableResult
  func cycle(full: Bool = false) async throws(Failure) -> CycleReport {
    let clock = graph.clock
    let queue = WorkQueue<WorkKey, SkippingClock>(
      configuration: WorkQueueConfiguration(
        capacity: 10_000, backoff: Backoff(initial: .seconds(1), max: .seconds(60)), maxAttempts: 4), clock: clock,
      seed: 1)
    let job = Job(
      directory: graph.directory, target: target, state: state,
      scope: Scope(
        directory: graph.directory, kind: scope, nestedGroups: false, includesDefaultAccess: false,
        confirmation: Self.policy.confirmation, uptime: Uptime(clock)),
      policy: Self.policy, queue: queue, coalesce: .zero,
      schedule: CycleSchedule(interval: .seconds(1200), fullInterval: .seconds(86_400_000)), clock: clock,
      wall: clock.wall, observer: QuietObserver())
    return try await job.runOnce(full: full, workers: 4)
  }

  /// Changes the tenant.
  func change(_ body: @Sendable (inout Tenant) -> Void) {
    graph.simulator.change { body(&$0) }
  }

  // MARK: What has come of it

  /// The status of the person of each sample user, by number; none where there is no person.
  var statuses: [Int: String] {
    var statuses: [Int: String] = [:]
    for (number, user) in users.enumerated() { statuses[number] = person(user)?.attributes[.status]?.text }
    return statuses
  }

  func person(_ user: ObjectID) -> Person? { target.people(withKey: "entra:" + user.rawValue).first }

  /// The users, by number, whose people are in the group that a directory group is.
  func members(of group: String) -> Set<Int> {
    guard let group = target.groups(withKey: "entra:" + group).first else { return [] }
    let members = target.members(known: group.id)
    return Set(
      users.enumerated().filter { _, user in person(user).map { members.contains(MemberID($0.id)) } ?? false }
        .map(\.offset))
  }

  /// Whose person has ever been disabled or deleted.
  var removed: Set<ObjectID> {
    Set(target.removals.map { ObjectID(String($0.dropFirst("entra:".count))) })
  }
}

private struct QuietObserver: JobObserver {
  func ran(_ report: RunReport, latency: Duration?) {}
  func readFailed(_ key: WorkKey, _ failure: Failure) {}
  func cycleBegan(_ kind: CycleKind, id: String) {}
  func peopleUploaded(_ report: BulkReport) {}
  func cycleEnded(_ report: CycleReport) {}
  func cycleBrokenOff() {}
  func cycleFailed(_ kind: CycleKind, _ failure: Failure, retryIn: Duration) {}
  func protectionChanged(_ event: ProtectionEvent) {}
}
