import ProvisioningModel
import ProvisioningRules
import Reconciler

/// One pass over what may differ: reads who is in scope and what changed, queues it, and stores the watermark when all of it is
/// applied or escrowed. A read that fails ends the cycle before anything is concluded from it.
struct Cycle: Sendable {
  let directory: any Directory
  let target: any Target
  let state: any State
  let scope: Scope
  let policy: ProvisioningPolicy
  let clock: any WallClock
  let snapshot: PeopleSnapshot
  let readAhead: ReadAhead
  let groupSnapshot: GroupSnapshot
  let tracker: CycleTracker
  let safeguards: Safeguards
  let escrows: EscrowSchedule
  let creations: CreationBook
  let serviceAccount: ServiceAccount
  let evidence: Evidence
  let sleep: @Sendable (Duration) async throws(Failure) -> Void
  /// Has the assignments read once more after so long, outside of the cycle.
  let recheck: @Sendable (Duration) -> Void
  /// Nil when everybody is made one by one.
  let bulk: BulkLane?
  /// Queues one object; waits while the queue is full.
  let enqueue: @Sendable (WorkKey) async throws(Failure) -> Void
  /// So many objects of a cycle stand in the queue at once: the rest of its capacity is for live signals.
  let window = 2000
  /// So many of them are read in bulk at a time.
  let readAheadSize = 500

  /// What the stored watermark calls for.
  static func kind(
    for watermark: Watermark?, fingerprint: UInt64, fullInterval: Duration, now: Timestamp
  ) -> CycleKind {
    guard let watermark else { return .initial }
    let isDue = watermark.fingerprint != fingerprint || watermark.fullCycleAt.hasPassed(fullInterval, at: now)
    return isDue ? .full : .incremental
  }

  /// - Parameters:
  ///   - scopeIsSettled: False makes an incremental cycle look at everybody who is in scope or linked.
  ///   - isInForeground: The process ends with the cycle: losses are confirmed in it.
  func run(
    _ kind: CycleKind, id: String, scopeIsSettled: Bool, isInForeground: Bool
  ) async throws(Failure) -> CycleReport {
    do throws(Failure) {
      let report = try await carryOut(kind, id: id, scopeIsSettled: scopeIsSettled, confirming: isInForeground)
      await cleanUp()
      return report
    } catch {
      await cleanUp()
      throw error
    }
  }

  private func cleanUp() async {
    tracker.end()
    safeguards.cycleEnded()
    await snapshot.clear()
    await readAhead.clear()
    await creations.close()
    await groupSnapshot.clear()
  }

  private func carryOut(
    _ kind: CycleKind, id: String, scopeIsSettled: Bool, confirming: Bool
  ) async throws(Failure) -> CycleReport {
    let began = clock.now
    let (work, watermark) = try await plan(
      kind, began: began, scopeIsSettled: scopeIsSettled, confirming: confirming)
    tracker.begin(cycleID: id, total: work.users.count + work.groups.count, revisiting: work.toBeSeenTwice)
    // What stops the job later stops the tracker.
    try safeguards.checkMayWork()
    try await workOffUsers(work.users)
    // Their members exist by now (docs/reference/entra-provisioning.md, "Cycles").
    try await workOffGroups(work.groups)
    repeat {
      if tracker.hasPostponed { try await add(.removals) }
      // Also for what was judged, and let through, together with live removals a moment ago.
      try await tracker.wait(untilAtMost: 0)
    } while tracker.hasPostponed
    let failed = tracker.progress?.failed ?? 0
    try await creations.beginStoring()
    try await state.setWatermark(watermark, revisiting: tracker.revisits)
    return CycleReport(
      id: id, kind: work.kind, began: began, ended: clock.now, objects: work.users.count + work.groups.count,
      failed: failed, changes: work.changes, groupChanges: work.groupChanges)
  }

  private func workOffUsers(_ users: Set<ObjectID>) async throws(Failure) {
    var rest = users.sorted()[...]
    while !rest.isEmpty {
      let some = Array(rest.prefix(readAheadSize))
      rest = rest.dropFirst(readAheadSize)
      try await tracker.wait(untilAtMost: window - some.count)
      await readAhead.fill(some, from: directory, at: clock.now)
      for user in some { try await add(.user(user)) }
    }
    try await tracker.wait(untilAtMost: 0)
  }

  private func workOffGroups(_ groups: Set<ObjectID>) async throws(Failure) {
    for group in groups.sorted() {
      try await tracker.wait(untilAtMost: window)
      try await add(.group(group))
    }
    try await tracker.wait(untilAtMost: 0)
  }

  private func add(_ key: WorkKey) async throws(Failure) {
    tracker.add(key)
    try await enqueue(key)
  }

  private struct Work {
    var kind: CycleKind
    var users: Set<ObjectID>
    var groups: Set<ObjectID>
    var changes = 0
    var groupChanges = 0
    /// What a delta link named: a replica that is behind it may show what was before, so that its run is repeated in the next cycle, once,
    /// whatever it found.
    var toBeSeenTwice: Set<WorkKey> = []
  }

  private func plan(
    _ kind: CycleKind, began: Timestamp, scopeIsSettled: Bool, confirming: Bool
  ) async throws(Failure) -> (Work, Watermark) {
    let stored = try await state.watermark()
    if kind == .incremental, let stored,
      case .changes(let changedUsers, let deletedUsers, let nextUsers) = try await directory.changes(
        .user, since: DeltaLink(stored.users)),
      case .changes(let changedGroups, let deletedGroups, let nextGroups) = try await directory.changes(
        .group, since: DeltaLink(stored.groups))
    {
      var watermark = stored
      watermark.users = nextUsers.url
      watermark.groups = nextGroups.url
      watermark.storedAt = began
      await evidence.deleted(deletedUsers.union(deletedGroups))
      await evidence.named(changedUsers)
      let revisits = try await state.revisits()
      try await readScope(confirming: confirming)
      let users = try await incrementalKeys(
        changed: changedUsers.union(revisits[.user, default: []]), scopeIsSettled: scopeIsSettled)
      let groups = try await incrementalGroups(changed: changedGroups.union(revisits[.group, default: []]))
      var work = Work(
        kind: .incremental, users: users, groups: groups, changes: changedUsers.count + changedGroups.count,
        groupChanges: changedGroups.count)
      work.toBeSeenTwice = Set(users.intersection(changedUsers).map { .user($0) })
      work.toBeSeenTwice.formUnion(groups.intersection(changedGroups).map { .group($0) })
      return (work, watermark)
    }
    // The position in the change stream comes first: what changes while the rest is read is seen by the next cycle.
    let (users, changedUsers) = try await position(.user, after: stored?.users, stored)
    let (groups, changedGroups) = try await position(.group, after: stored?.groups, stored)
    let watermark = Watermark(
      users: users.url, groups: groups.url, fingerprint: policy.fingerprint, storedAt: began, fullCycleAt: began)
    try await readScope(confirming: confirming)
    var work = Work(
      kind: kind == .initial ? .initial : .full, users: try await fullKeys(), groups: try await fullGroups())
    try await confirmScope(confirming)
    work.toBeSeenTwice = Set(work.users.intersection(changedUsers).map { .user($0) })
    work.toBeSeenTwice.formUnion(work.groups.intersection(changedGroups).map { .group($0) })
    return (work, watermark)
  }

  /// Where the change stream is now, with what it names since the last cycle, as far as that can be said: a full cycle, too, may meet a
  /// replica that does not show it yet. A link of other mappings follows other properties.
  private func position(
    _ kind: ObjectKind, after link: String?, _ stored: Watermark?
  ) async throws(Failure) -> (DeltaLink, changed: Set<ObjectID>) {
    if let link, stored?.fingerprint == policy.fingerprint,
      case .changes(let changed, let deleted, let next) = try await directory.changes(kind, since: DeltaLink(link))
    {
      await evidence.deleted(deleted)
      await evidence.named(changed)
      return (next, changed)
    }
    return (try await directory.changesFromNow(kind), [])
  }

  /// Losses that are not confirmed yet are read once more by themselves; the cycle does not wait for them.
  private func readScope(confirming: Bool) async throws(Failure) {
    try await scope.refresh()
    try await confirmScope(confirming)
  }

  private func confirmScope(_ confirming: Bool) async throws(Failure) {
    var wait = await scope.untilConfirmation
    var reads = 1
    while confirming, let rest = wait, reads < 3 {
      try await sleep(rest)
      _ = try await scope.refreshAssignments()
      wait = await scope.untilConfirmation
      reads += 1
    }
    if let wait { recheck(wait) }
  }

  private func incrementalKeys(changed: Set<ObjectID>, scopeIsSettled: Bool) async throws(Failure) -> Set<ObjectID> {
    let digests = try await state.entitlements(of: .user)
    var keys = await scope.users(differingFrom: digests)
    keys.formUnion(await scope.assigned(among: changed))
    for user in changed where !keys.contains(user) {
      if try await state.link(user) != nil { keys.insert(user) }
    }
    if scope.kind == .all {
      // Of those without any assignment, a digest that was forgotten is the only sign that they are to be looked at again.
      keys.formUnion(
        try await state.links().lazy.filter { $0.orphanSince == nil }.map(\.objectID).filter { digests[$0] == nil })
    }
    keys.formUnion(try await state.linksAwaitingSomebodyLinked())
    if !scopeIsSettled { keys.formUnion(try await scope.everybody(passing: policy.filters)) }
    keys.formUnion(try await dueEscrows(.user))
    keys.formUnion(await unfinished(.user))
    return keys
  }

  /// What neither the directory nor a link tells of.
  private func unfinished(_ kind: ObjectKind) async -> [ObjectID] {
    safeguards.unfinishedRemovals(kind) + (await creations.unfinished(kind))
  }

  private func fullKeys() async throws(Failure) -> Set<ObjectID> {
    await creations.open()
    var links = try await state.links()
    let linked = Set(links.lazy.map(\.objectID))
    let found = try await snapshot.fill(
      from: target, policy: policy.mapping, besides: linked, except: { serviceAccount.isOf($0) })
    if !found.isEmpty {
      let dead = try await deadObjects(.user)
      try await state.adopt(found.filter { !dead.contains($0.objectID) })
      links = try await state.links()
      await scope.doubt(found.map(\.objectID), .user)
    }
    var keys = try await scope.everybody(passing: policy.filters)
    try await bulk?.make(keys.subtracting(links.lazy.map(\.objectID)))
    await creations.close()
    for link in links {
      let isAtRest = link.condition == .released && !link.isUnexamined && !link.isLost
      if isAtRest, await !snapshot.isMissing(link.personID) { continue }
      keys.insert(link.objectID)
    }
    keys.formUnion(try await state.escrows().lazy.filter { $0.kind == .user }.map(\.objectID))
    keys.formUnion(await unfinished(.user))
    return keys
  }

  /// Those that a listing does not take up. An object that is in the way of its own creation is found by nothing else.
  private func deadObjects(_ kind: ObjectKind) async throws(Failure) -> Set<ObjectID> {
    let tombstones = try await state.tombstones()
    if tombstones.isEmpty { return [] }
    let hidden = try await state.escrows().filter { $0.kind == kind && $0.failure.code == .conflict }
    return tombstones.subtracting(hidden.map(\.objectID))
  }

  private func dueEscrows(_ kind: ObjectKind) async throws(Failure) -> [ObjectID] {
    let now = clock.now
    return try await state.escrows().filter { $0.kind == kind && escrows.isDue($0, at: now) }.map(\.objectID)
  }

  // MARK: Groups

  private func incrementalGroups(changed: Set<ObjectID>) async throws(Failure) -> Set<ObjectID> {
    guard policy.groups != nil else { return [] }
    let selection = try await GroupSelection(scope, state)
    var groups = selection.unsettled.union(selection.everything.intersection(changed))
    groups.formUnion(try await state.groupsBehindTheirMembers())
    groups.formUnion(try await dueEscrows(.group))
    groups.formUnion(await unfinished(.group))
    return groups
  }

  private func fullGroups() async throws(Failure) -> Set<ObjectID> {
    guard policy.groups != nil else { return [] }
    let found = try await groupSnapshot.fill(from: target, policy: policy.mapping)
    let dead = try await deadObjects(.group)
    try await state.adopt(found.filter { !dead.contains($0.objectID) })
    await scope.doubt(found.map(\.objectID), .group)
    let selection = try await GroupSelection(scope, state)
    var groups = selection.everything.union(selection.failing)
    groups.formUnion(await unfinished(.group))
    return groups
  }
}
