import WorkQueue

extension Job {
  /// Users that one call may concern, members of groups included.
  package static var onDemandLimit: Int { 5000 }
  /// Runs of one call that stand in the queue at once.
  private var window: Int { 64 }
  /// How long somebody waits for the run of one user.
  private var patience: Duration { .seconds(30) }

  /// Provisions these objects now, ahead of cycles, and says of each user what came of it: a user as it is, a group as all of its
  /// members. It goes through the queue like every other signal, so that no object is worked on twice at a time; workers have to be
  /// running.
  /// - Returns: One entry per user, in the order asked for, steps included; failures of single users are entries too.
  /// - Throws: When the assignments or the members of a group cannot be read, the users are more than `onDemandLimit`, or the job is paused or
  ///   in quarantine.
  package func provisionOnDemand(_ subjects: [JobSubject]) async throws(Failure) -> [ProvisioningLogEntry] {
    try checkNotPaused()
    try safeguards.checkMayWork()
    try await readScope()
    let users = try await users(of: subjects)
    return await withTaskGroup(of: (Int, ProvisioningLogEntry).self) { group in
      var entries: [Int: ProvisioningLogEntry] = [:]
      for (index, user) in users.enumerated() {
        if index >= window, let (done, entry) = await group.next() { entries[done] = entry }
        group.addTask { (index, await self.provisionOnDemand(user)) }
      }
      for await (done, entry) in group { entries[done] = entry }
      return users.indices.compactMap { entries[$0] }
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
    let affected = try await scope.refresh()
    // Before the first complete read everybody is affected: the first cycle looks at all of them.
    if wasComplete { queueAffected(affected, priority: .cycle) }
  }

  private func users(of subjects: [JobSubject]) async throws(Failure) -> [ObjectID] {
    var users: [ObjectID] = []
    var known: Set<ObjectID> = []
    for subject in subjects {
      switch subject.kind {
      case .user: if known.insert(subject.id).inserted { users.append(subject.id) }
      case .group:
        let members = try await provisioner.directory.members(of: subject.id, transitively: scope.nestedGroups)
        users += members.sorted().filter { known.insert($0).inserted }
      }
      guard users.count <= Self.onDemandLimit else {
        throw Failure(
          .escrow, .unprocessableEntity,
          "More than \(Self.onDemandLimit) users are asked for at once, members of groups included.",
          advice: "Ask for fewer, or run a cycle: rollcall sync --full, or POST /api/v1/job/restart.")
      }
    }
    return users
  }

  private func provisionOnDemand(_ user: ObjectID) async -> ProvisioningLogEntry {
    let began = wall.now
    let answer = await withTaskGroup(of: OnDemandDesk.Answer.self) { group in
      group.addTask {
        await self.desk.answer(for: user) {
          switch self.queue.add(.user(user), priority: .live) {
          case .added, .merged: nil
          case .full: .queueIsFull
          case .closed: .isStopping
          }
        }
      }
      group.addTask { [clock, patience] in
        do { try await clock.sleep(for: patience) } catch { return .failure(.cancelled) }
        return .failure(.notRunInTime(patience))
      }
      defer { group.cancelAll() }
      return await group.next() ?? .failure(.cancelled)
    }
    switch answer {
    case .success(let entry): return entry
    case .failure(let failure): return .notRun(user, failure, began: began, ended: wall.now)
    }
  }
}

extension ProvisioningLogEntry {
  /// Of a user whose run did not come to an end.
  static func notRun(_ user: ObjectID, _ failure: Failure, began: Timestamp, ended: Timestamp) -> ProvisioningLogEntry {
    ProvisioningLogEntry(
      id: makeID(), time: began, cycleID: nil, action: .other, status: .failure, duration: ended - began,
      objectID: user, kind: .user, sourceName: nil, personID: nil, targetName: nil,
      steps: [.init(.import, "EntryImport", .failure, failure.reason, details: ["errorCode": failure.code.rawValue])],
      modifiedProperties: [], failure: failure)
  }
}

extension Failure {
  fileprivate static let queueIsFull = Failure(
    .retry(after: nil), .tooManyRequests, "The queue is full: the user was not provisioned on demand.",
    advice: "Ask again in a moment.")
  fileprivate static let isStopping = Failure(
    .retry(after: nil), .internalError, "The service is stopping: the user was not provisioned on demand.",
    advice: "Ask again when it has started.")

  fileprivate static func notRunInTime(_ patience: Duration) -> Failure {
    Failure(
      .retry(after: nil), .timeout,
      "The user's run did not end within \(patience.milliseconds / 1000) s; it stays in the queue.",
      advice: "Look at the job's status and at the provisioning log.")
  }
}
