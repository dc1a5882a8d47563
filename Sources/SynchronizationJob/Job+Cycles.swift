import Reconciler
import ProvisioningModel
import Synchronization

// When cycles run, and what becomes of one that fails.

extension Job {
  func runCycles() async {
    var failures = 0
    var timer: Task<Void, any Error>?
    defer { timer?.cancel() }
    request.yield()
    for await _ in requests {
      timer?.cancel()
      let wait: Duration?
      if keeper.isPaused || identityHold != nil {
        continue
      } else if safeguards.quarantineStatus != nil {
        wait = await probe()
      } else {
        do throws(Failure) {
          _ = try await runCycle(nil)
          failures = 0
          wait = schedule.interval
        } catch {
          // The order that broke it off asks for the next one.
          if error == .brokenOff {
            observer.cycleBrokenOff()
            continue
          }
          if error.remedy == .cancelled { return }
          // Nothing is tried before a person decides.
          if identityHold != nil { continue }
          failures += 1
          await protectionChanged(safeguards.note(error))
          wait = untilNextCycle(after: failures)
          observer.cycleFailed(.incremental, error, retryIn: wait ?? schedule.interval)
        }
      }
      guard let wait else { continue }
      timer = Task { [clock, request] in
        try await clock.sleep(for: wait)
        request.yield()
      }
    }
  }

  /// Nil when nothing is to be tried before a person asks for it.
  private func untilNextCycle(after failures: Int) -> Duration? {
    if safeguards.quarantineStatus != nil { return untilNextProbe }
    return min(schedule.interval, .seconds(min(1 << min(failures - 1, 4), 10)))
  }

  private func dueKind() async throws(Failure) -> CycleKind {
    let watermark = try await state.watermark()
    let kind = Cycle.kind(
      for: watermark, fingerprint: cycle.policy.fingerprint, fullInterval: schedule.fullInterval, now: wall.now)
    guard kind == .incremental, let watermark else { return kind }
    // Only a listing decides whether what was lost is gone.
    return try await state.hasLostLinks(since: watermark.fullCycleAt) ? .full : .incremental
  }

  /// - Parameter kind: Nil for the one that is due.
  /// - Throws: `.brokenOff` when the cycle was asked to end.
  func runCycle(_ kind: CycleKind?) async throws(Failure) -> CycleReport {
    let (askings, asking) = AsyncStream<Void>.makeStream()
    await turn.enter { asking.yield() }
    let result = await withTaskGroup(of: Result<CycleReport, Failure>?.self) { group in
      group.addTask {
        do throws(Failure) { return .success(try await self.carryOut(kind)) } catch { return .failure(error) }
      }
      group.addTask {
        for await _ in askings { return .failure(.brokenOff) }
        return nil
      }
      var first: Result<CycleReport, Failure>?
      while first == nil, let result = await group.next() { first = result }
      group.cancelAll()
      return first ?? .failure(.cancelled)
    }
    if case .failure(let failure) = result { await keeper.cycleFailed(failure) }
    await turn.leave()
    return try result.get()
  }

  /// Until when orphans have been counted; nil when that is not known.
  private var lastLook: Timestamp? {
    let ended = lastCycle?.ended ?? keeper.current.record.lastSuccessful?.ended
    return ended.flatMap { $0 > wall.now ? nil : $0 + .milliseconds(1) }
  }

  private func carryOut(_ asked: CycleKind?) async throws(Failure) -> CycleReport {
    if keeper.isPaused { throw .brokenOff }
    try await identify()
    try await provisioner.serviceAccount.lookUp(in: provisioner.target)
    var kind = if let asked { asked } else { try await dueKind() }
    let (number, scopeIsSettled, listingIsDue) = condition.withLock { condition in
      condition.cycles += 1
      defer {
        condition.scopeIsSettled = true
        condition.listingIsDue = false
      }
      return (condition.cycles, condition.scopeIsSettled, condition.listingIsDue)
    }
    if asked == nil, listingIsDue, kind == .incremental { kind = .full }
    let id = "\(wall.now.milliseconds)-\(number)"
    keeper.cycleBegan(kind, id: id)
    observer.cycleBegan(kind, id: id)
    do throws(Failure) {
      var report = try await cycle.run(
        kind, id: id, scopeIsSettled: scopeIsSettled, isInForeground: condition.withLock { $0.isInForeground })
      // Those that live runs have found since the last cycle, too.
      report.orphans = try await state.orphanCount(since: lastLook ?? report.began)
      condition.withLock { [report] in $0.lastCycle = report }
      await keeper.cycleEnded(report)
      observer.cycleEnded(report)
      return report
    } catch {
      if !scopeIsSettled { unsettleScope() }
      if listingIsDue { condition.withLock { $0.listingIsDue = true } }
      throw error
    }
  }
}
