import Reconciler
package import ProvisioningModel
import Synchronization
import WorkQueue

extension Job {
  /// Users that one call may concern, members of groups included.
  package static var onDemandLimit: Int { 5000 }
  /// Runs of one call that stand in the queue at once.
  private var window: Int { 64 }

  /// Provisions these objects now, ahead of cycles, and says of each what came of it: a user as it is, a group as all of its members and
  /// then, when groups are provisioned, as itself. It goes through the queue like every other signal, so that no object is worked on twice at
  /// a time; workers have to be running.
  /// - Returns: One entry per user in the order asked for, then one per group, steps included; failures of single objects are entries too.
  /// - Throws: When the assignments or the members of a group cannot be read, the users are more than `onDemandLimit`, or the job is paused or
  ///   in quarantine.
  package func provisionOnDemand(_ subjects: [JobSubject]) async throws(Failure) -> [ProvisioningLogEntry] {
    try checkNotPaused()
    try safeguards.checkMayWork()
    try await readScope()
    let (users, groups) = try await objects(of: subjects)
    let entries = await runs(of: users.map { JobSubject($0, .user) })
    guard provisioner.policy.groups != nil else { return entries }
    // Their members exist by now.
    return await entries + runs(of: groups.map { JobSubject($0, .group) })
  }

  private func runs(of objects: [JobSubject]) async -> [ProvisioningLogEntry] {
    await withTaskGroup(of: (Int, ProvisioningLogEntry).self) { group in
      var entries: [Int: ProvisioningLogEntry] = [:]
      for (index, object) in objects.enumerated() {
        if index >= window, let (done, entry) = await group.next() { entries[done] = entry }
        group.addTask { (index, await self.run(object)) }
      }
      for await (done, entry) in group { entries[done] = entry }
      return objects.indices.compactMap { entries[$0] }
    }
  }

  /// Works through the queue with so many workers while objects are provisioned on demand, without cycles.
  package func runOnDemand(
    _ subjects: [JobSubject], workers: Int
  ) async throws(Failure) -> [ProvisioningLogEntry] {
    try await withWorkers(workers) { () throws(Failure) in try await self.provisionOnDemand(subjects) }
  }

  /// An assignment or a membership of a moment ago is to count.
  private func readScope() async throws(Failure) {
    let wasComplete = await scope.isComplete
    var affected = try await scope.refresh()
    // A process that ends with the call confirms what seems to be lost; the service does so by itself.
    for _ in 0..<2 where condition.withLock({ $0.isInForeground }) {
      guard let wait = await scope.untilConfirmation else { break }
      await pause(for: wait)
      affected.formUnion(try await scope.refreshAssignments())
    }
    // Before the first complete read everybody is affected: the first cycle looks at all of them.
    if wasComplete { queueAffected(affected, priority: .cycle) }
  }

  /// Users as asked for, members of groups among them, and the groups themselves; each once.
  private func objects(
    of subjects: [JobSubject]
  ) async throws(Failure) -> (users: [ObjectID], groups: [ObjectID]) {
    var users: [ObjectID] = []
    var groups: [ObjectID] = []
    var known: Set<ObjectID> = []
    for subject in subjects {
      if try await isGroup(subject) {
        if !groups.contains(subject.id) { groups.append(subject.id) }
        let members = try await provisioner.directory.members(of: subject.id, transitively: scope.nestedGroups)
        users += members.sorted().filter { known.insert($0).inserted }
      } else if known.insert(subject.id).inserted {
        users.append(subject.id)
      }
      guard users.count <= Self.onDemandLimit else {
        throw Failure(
          .escrow, .unprocessableEntity,
          "More than \(Self.onDemandLimit) users are asked for at once, members of groups included.",
          advice: "Ask for fewer, or run a cycle: rollcall sync --full, or POST /api/v1/job/restart.")
      }
    }
    return (users, groups)
  }

  /// One that is gone from the directory is known as a group by its link alone.
  private func isGroup(_ subject: JobSubject) async throws(Failure) -> Bool {
    if subject.kind == .group { return true }
    return try await state.groupLink(subject.id) != nil
  }

  private func run(_ subject: JobSubject) async -> ProvisioningLogEntry {
    let began = wall.now
    let answer = await withTaskGroup(of: OnDemandDesk.Answer.self) { group in
      group.addTask {
        await self.desk.answer(for: subject.id) {
          switch self.queue.add(WorkKey(subject.kind, subject.id), priority: .live) {
          case .added, .merged: nil
          case .full: .queueIsFull
          case .closed: .isStopping
          }
        }
      }
      group.addTask { [clock] in
        do { try await clock.sleep(for: subject.patience) } catch { return .failure(.cancelled) }
        return .failure(.notRunInTime(subject))
      }
      defer { group.cancelAll() }
      return await group.next() ?? .failure(.cancelled)
    }
    switch answer {
    case .success(let entry): return entry
    case .failure(let failure): return .notRun(subject, failure, began: began, ended: wall.now)
    }
  }
}

extension JobSubject {
  /// How long a caller waits for the run: a group may have thousands of members to write.
  fileprivate var patience: Duration { kind == .user ? .seconds(30) : .seconds(300) }
}

extension ProvisioningLogEntry {
  /// Of an object whose run did not come to an end.
  static func notRun(
    _ subject: JobSubject, _ failure: Failure, began: Timestamp, ended: Timestamp
  ) -> ProvisioningLogEntry {
    ProvisioningLogEntry(
      id: makeID(), time: began, cycleID: nil, action: .other, status: .failure, duration: ended - began,
      objectID: subject.id, kind: subject.kind, sourceName: nil, targetID: nil, targetName: nil,
      steps: [.init(.import, "EntryImport", .failure, failure.reason, details: ["errorCode": failure.code.rawValue])],
      modifiedProperties: [], failure: failure)
  }
}

extension Failure {
  fileprivate static let queueIsFull = Failure(
    .retry(after: nil), .tooManyRequests, "The queue is full: the object was not provisioned on demand.",
    advice: "Ask again in a moment.")
  fileprivate static let isStopping = Failure(
    .retry(after: nil), .internalError, "The service is stopping: the object was not provisioned on demand.",
    advice: "Ask again when it has started.")

  fileprivate static func notRunInTime(_ subject: JobSubject) -> Failure {
    Failure(
      .retry(after: nil), .timeout,
      "The \(subject.kind.noun)'s run did not end within \(subject.patience.milliseconds / 1000) s; it stays in the queue.",
      advice: "Look at the job's status and at the provisioning log.")
  }
}
