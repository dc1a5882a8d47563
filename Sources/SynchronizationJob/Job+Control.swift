import Reconciler
package import ProvisioningModel
import WorkQueue

// What a person orders: start, pause, restart (docs/http-api.md, "Orders").

extension Job {
  /// Lets a paused job go on where it stopped, and ends a quarantine.
  package func start() async throws(Failure) {
    try await keeper.setPaused(false)
    await liftQuarantine(forgetting: true)
    holdOrRelease()
    requestCycle()
  }

  /// Nothing more is begun: runs of single objects under way end, the running cycle is broken off. Signals are still taken, as far as the
  /// queue's capacity goes. It lasts until `start` or `restart`, also over restarts of the process.
  package func pause() async throws(Failure) {
    try await keeper.setPaused(true)
    holdOrRelease()
    await turn.askHolderToLeave()
  }

  /// Undoes what the scope names, lets a paused job go on, and begins a cycle.
  package func restart(_ scope: ResetScope) async throws(Failure) {
    // A running cycle must not store its watermark over what is undone here.
    await turn.enterUrgently()
    let result: Result<Void, Failure>
    do throws(Failure) {
      result = .success(try await reset(scope))
    } catch {
      result = .failure(error)
    }
    await turn.leave()
    // Also when nothing was undone: the cycle that was broken off for it begins anew.
    requestCycle()
    try result.get()
  }

  /// Tries escrows again, now.
  /// - Parameter objects: Nil means all; an object that is no escrow is passed over.
  package func retryEscrows(_ objects: [ObjectID]?) async throws(Failure) {
    let named = objects.map(Set.init)
    let keys = try await state.escrows().filter { named?.contains($0.objectID) ?? true }.map {
      WorkKey($0.kind, $0.objectID)
    }
    guard !keys.isEmpty else { return }
    let chosen = Set(keys)
    queue.dropRetries { chosen.contains($0) }
    // What does not fit is taken along by the cycle.
    if queue.add(contentsOf: keys, priority: .live) == .full { requestCycle() }
  }

  private func reset(_ scope: ResetScope) async throws(Failure) {
    // The cycle that follows carries them out: until it has listed people, what is reset below is not known.
    if scope.contains(.forceDeletes) { try await release(.all(before: Timestamp(milliseconds: .max))) }
    if !scope.state.isEmpty { try await state.reset(scope.state) }
    // Whatever was written into the state is not read again by itself.
    if scope.state.contains(.watermark) { await provisioner.languages.forget() }
    if scope.contains(.full) { try await acceptIdentity() }
    if scope.contains(.escrows) { queue.dropRetries { $0.isObject } }
    try await keeper.setPaused(false)
    if scope.contains(.quarantineState) { await liftQuarantine(forgetting: false) }
    holdOrRelease()
  }

  /// Takes over what a former process has left; tries until it can be read. Until then nothing is begun.
  func restore() async {
    queue.setPaused(true)
    var wait = Duration.seconds(1)
    while !Task.isCancelled {
      do throws(Failure) {
        try await keeper.restore()
        try await safeguards.restore()
        if provisioner.policy.groups == nil { try await safeguards.forgetRemovals(of: .group) }
        try await provisioner.creations.restore(isStoring: try await state.watermark() != nil)
        if await !scope.isComplete {
          await scope.expect(users: try await managed(.user), groups: try await managed(.group))
        }
        noteRestored()
        holdOrRelease()
        return
      } catch {
        observer.readFailed(.removals, error)
        await pause(for: wait)
        wait = min(wait * 2, .seconds(10))
      }
    }
  }

  /// What a former process has looked at, linked, or begun to make.
  private func managed(_ kind: ObjectKind) async throws(Failure) -> Set<ObjectID> {
    var objects = Set(try await state.entitlements(of: kind).keys)
    objects.formUnion(await provisioner.creations.unfinished(kind))
    switch kind {
    case .user: objects.formUnion(try await state.links().lazy.filter { $0.condition == .active }.map(\.objectID))
    case .group: objects.formUnion(try await state.groupLinks().lazy.filter { $0.condition == .active }.map(\.objectID))
    }
    return objects
  }

  func checkNotPaused() throws(Failure) {
    if keeper.isPaused { throw .paused }
    if let identityHold { throw identityHold.failure }
  }

  /// Nothing is handed out of the queue while the job is paused or in quarantine, or before it is known whether it is.
  func holdOrRelease() {
    queue.setPaused(!isRestored || keeper.isPaused || safeguards.quarantineStatus != nil || !isIdentified)
  }
}

extension Job {
  package var status: JobStatus { keeper.current }

  /// How far the running cycle is; nil when none runs.
  package var progress: CycleProgress? {
    keeper.current.progress(tracker.progress, at: wall.now)
  }
}

extension Failure {
  static let paused = Failure(
    .quarantine, .jobPaused, "The job is paused.", advice: "Start it: POST /api/v1/job/start to the service.")
}
