package import ProvisioningModel

/// Sees to it that a mistake in the directory does not become a mass removal (docs/decisions/0008-removals-pass-a-guard.md, "Decision").
/// Runs only plan removals; the guard judges all that are planned together, and either lets them all through or holds them all, until a person decides or the
/// directory no longer calls for them. Pure: what it decides is stored by others, before it takes effect.
package struct RemovalGuard: Sendable {
  package enum Verdict: Hashable, Sendable {
    case nothingPlanned
    case letThrough([PlannedRemoval])
    case hold([PlannedRemoval], limit: Int)
  }

  /// Live keys that have not been looked at yet, and so may still add to what is planned.
  package struct InHand: Hashable, Sendable {
    package var objects: Int
    /// Reads of assignments or members, which may concern anybody, that were asked for before the first removal was planned.
    package var reads: Int

    package init(objects: Int, reads: Int) {
      self.objects = objects
      self.reads = reads
    }
  }

  /// A removal waits no longer than this for others to be looked at.
  static let patience = Duration.seconds(10)

  private let limits: RemovalLimits
  private var planned: [ObjectID: PlannedRemoval] = [:]
  /// How many of them go back to a signal, and when the first of those was planned.
  private var signalled = 0
  package private(set) var plannedSince: Timestamp?
  private var counted: [ObjectID: CountedRemoval] = [:]
  private var held: [ObjectID: HeldRemoval] = [:]
  /// Those that wait for a person.
  package private(set) var heldCount = 0
  /// Who loses something by the removals of groups; a user's removal costs the user.
  private var people: [ObjectID: Set<ObjectID>] = [:]
  /// When the signals came that let-through removals go back to.
  private var signals: [ObjectID: Timestamp] = [:]

  package init(limits: RemovalLimits) {
    self.limits = limits
  }

  package mutating func restore(counted: [CountedRemoval], held: [HeldRemoval]) {
    people = Dictionary(counted.map { ($0.objectID, $0.people) } + held.map { ($0.objectID, $0.people) }) {
      $0.union($1)
    }
    self.counted = Dictionary(counted.map { ($0.objectID, $0) }) { $1 }
    self.held = Dictionary(held.map { ($0.objectID, $0) }) { $1 }
    heldCount = self.held.values.count { $0.state == .held }
  }

  // MARK: What is known

  package var heldSince: Timestamp? { held.values.lazy.filter { $0.state == .held }.map(\.since).min() }

  /// To be looked at again in each cycle: those that are held or were released, and those that were let through and not carried out yet.
  package var unfinished: [(kind: ObjectKind, objectID: ObjectID)] {
    held.values.map { ($0.kind, $0.objectID) }
      + counted.values.lazy.filter { !$0.isCarriedOut }.map { ($0.kind, $0.objectID) }
  }

  /// Those that wait for a person.
  package var waiting: [HeldRemoval] { held.values.filter { $0.state == .held } }

  /// Those that wait, and those that an operator keeps from being made.
  package var open: [HeldRemoval] { held.values.filter { $0.state != .released } }

  package func permission(for object: ObjectID, at now: Timestamp) -> RemovalPermission {
    if let held = held[object] {
      guard held.state == .released else { return .held }
      return held.reason == .orphan ? .ordered : .granted(isCounted: true)
    }
    guard let counted = counted[object], !counted.isCarriedOut, isWithinWindow(counted.at, now) else {
      return .planOnly
    }
    return .granted(isCounted: true)
  }

  package func isPlanned(_ object: ObjectID) -> Bool { planned[object] != nil }

  package func signalledAt(_ object: ObjectID) -> Timestamp? { signals[object] }

  private func isWithinWindow(_ time: Timestamp, _ now: Timestamp) -> Bool {
    now - time < limits.window
  }

  // MARK: What runs report

  /// A run would remove a person or group, and may only plan it.
  package mutating func plan(_ removal: PlannedRemoval, at now: Timestamp) {
    if let held = held[removal.objectID] {
      guard held.reason != removal.reason || held.action != removal.action else { return }
      guard held.state == .kept else {
        if held.state == .held { self.held[removal.objectID] = removal.held(at: held.since) }
        return
      }
      // The operator decided on another removal than this one.
      setHeld(removal.objectID, nil)
    }
    var removal = removal
    removal.signalledAt = removal.signalledAt ?? planned[removal.objectID]?.signalledAt
    withdraw(removal.objectID)
    planned[removal.objectID] = removal
    if removal.kind == .group { people[removal.objectID] = removal.people }
    guard removal.signalledAt != nil else { return }
    signalled += 1
    plannedSince = plannedSince ?? now
  }

  /// A run has done what there was to do with the permission it had.
  package mutating func settle(_ object: ObjectID, _ change: RunRecord.RemovalChange) {
    withdraw(object)
    signals[object] = nil
    switch change {
    case .unchanged: break
    case .forget:
      setHeld(object, nil)
      // What a process that crashed has carried out may not have been recorded: it goes on counting.
      counted[object]?.isCarriedOut = true
    case .count(let removal):
      setHeld(object, nil)
      counted[object] = removal
    }
  }

  private mutating func withdraw(_ object: ObjectID) {
    guard planned.removeValue(forKey: object)?.signalledAt != nil else { return }
    signalled -= 1
    if signalled == 0 { plannedSince = nil }
  }

  /// The cycle that found them ended before they were judged: the next one finds them again.
  package mutating func forgetPlannedOfCycle() {
    planned = planned.filter { $0.value.signalledAt != nil }
  }

  // MARK: Judging

  /// Whether those that are planned should wait for keys that are being looked at, so that all of one event are judged together.
  /// - Parameter managed: People who are provisioned and in scope now.
  package func waits(for inHand: InHand, managed: Int, at now: Timestamp) -> Bool {
    guard let plannedSince, now - plannedSince < Self.patience else { return false }
    if inHand.reads > 0 { return true }
    guard inHand.objects > 0 else { return false }
    return total(at: now) + inHand.objects > limit(managed, at: now)
      || isEverybody(managed, and: inHand.objects, at: now)
  }

  /// - Parameters:
  ///   - members: Everybody who is in a provisioned group; nil when no group is planned.
  ///   - isCycleDone: Everything else of the running cycle is done: what it has planned may go through, too.
  package mutating func judge(
    managed: Int, members: Set<ObjectID>? = nil, isCycleDone: Bool, at now: Timestamp
  ) -> Verdict {
    // The clock was wrong when these were carried out: they count from now on, rather than until that time has come.
    for (object, removal) in counted where removal.at > now { counted[object]?.at = now }
    guard !planned.isEmpty else { return .nothingPlanned }
    let limit = limit(managed, at: now)
    if isEverybody(managed, at: now) {
      let most = min(limit, managedBefore(managed, at: now) - 1)
      return .hold(planned.values.sorted { $0.objectID < $1.objectID }, limit: most)
    }
    if let members, let losers = losersIfEveryMember(members, at: now) {
      return .hold(planned.values.sorted { $0.objectID < $1.objectID }, limit: min(limit, losers - 1))
    }
    if total(at: now) > limit { return .hold(planned.values.sorted { $0.objectID < $1.objectID }, limit: limit) }
    let ready = planned.values.filter { isCycleDone || $0.signalledAt != nil }
    return ready.isEmpty ? .nothingPlanned : .letThrough(ready.sorted { $0.objectID < $1.objectID })
  }

  /// How many people are to lose something, wait for it, or have lost it within the window; each of them once, whatever they lose.
  private func total(at now: Timestamp) -> Int {
    var objects = Set(planned.keys)
    objects.formUnion(counted.values.lazy.filter { isWithinWindow($0.at, now) }.map(\.objectID))
    objects.formUnion(held.values.lazy.filter { $0.state == .held }.map(\.objectID))
    return objects.reduce(into: Set<ObjectID>()) { all, object in
      // A group without members costs one, as itself.
      if let members = people[object], !members.isEmpty { all.formUnion(members) } else { all.insert(object) }
    }.count
  }

  /// From so many managed people on, all of them at once are always held.
  private static let everybody = 5

  /// The share is of all people who were managed before the window's removals.
  private func limit(_ managed: Int, at now: Timestamp) -> Int {
    limits.limit(managed: managedBefore(managed, at: now))
  }

  private func managedBefore(_ managed: Int, at now: Timestamp) -> Int {
    managed + counted.values.count { $0.kind == .user && $0.isCarriedOut && isWithinWindow($0.at, now) }
  }

  /// Whether none of those who were managed before the window would be left.
  /// - Parameter more: Keys in hand that may be planned, too.
  private func isEverybody(_ managed: Int, and more: Int = 0, at now: Timestamp) -> Bool {
    let before = managedBefore(managed, at: now)
    guard before >= Self.everybody else { return false }
    var users = Set(planned.values.lazy.filter { $0.kind == .user }.map(\.objectID))
    users.formUnion(counted.values.lazy.filter { $0.kind == .user && self.isWithinWindow($0.at, now) }.map(\.objectID))
    users.formUnion(held.values.lazy.filter { $0.kind == .user && $0.state == .held }.map(\.objectID))
    return users.count + more >= before
  }

  /// How many members of groups lose something, when no member of any group would be left out; nil otherwise.
  private func losersIfEveryMember(_ members: Set<ObjectID>, at now: Timestamp) -> Int? {
    var groups = planned.values.filter { $0.kind == .group }.map(\.objectID)
    groups += counted.values.lazy.filter { $0.kind == .group && self.isWithinWindow($0.at, now) }.map(\.objectID)
    groups += held.values.lazy.filter { $0.kind == .group && $0.state == .held }.map(\.objectID)
    let losers = groups.reduce(into: Set<ObjectID>()) { $0.formUnion(people[$1] ?? []) }
    return losers.count >= Self.everybody && members.isSubset(of: losers) ? losers.count : nil
  }

  /// Whether a judgement has to know who the members of groups are.
  package var concernsGroups: Bool { planned.values.contains { $0.kind == .group } }

  /// What the window has passed may be forgotten.
  package func windowStart(at now: Timestamp) -> Timestamp { now - limits.window }

  // MARK: What was stored

  package mutating func letThrough(_ removals: [PlannedRemoval], at now: Timestamp) {
    counted = counted.filter { isWithinWindow($0.value.at, now) }
    for removal in removals where planned[removal.objectID] != nil {
      counted[removal.objectID] = CountedRemoval(
        objectID: removal.objectID, kind: removal.kind, at: now, isCarriedOut: false, people: removal.people)
      signals[removal.objectID] = removal.signalledAt
      withdraw(removal.objectID)
    }
  }

  package mutating func hold(_ removals: [HeldRemoval]) {
    for removal in removals {
      setHeld(removal.objectID, removal)
      withdraw(removal.objectID)
    }
  }

  /// What an operator's decision applies to.
  /// - Parameter selection: Named objects may be held or kept; all means held ones only.
  package func selected(_ selection: RemovalSelection, for state: HeldRemoval.State) -> [HeldRemoval] {
    let chosen =
      switch selection {
      case .objects(let objects): Set(objects).compactMap { held[$0] }.filter { $0.state != .released }
      case .all(let time): held.values.filter { $0.state == .held && $0.since <= time }
      }
    return chosen.filter { $0.state != state }.sorted { $0.objectID < $1.objectID }
  }

  package mutating func set(_ state: HeldRemoval.State, of objects: [ObjectID]) {
    for object in objects {
      guard var removal = held[object] else { continue }
      removal.state = state
      setHeld(object, removal)
    }
  }

  private mutating func setHeld(_ object: ObjectID, _ removal: HeldRemoval?) {
    if held[object]?.state == .held { heldCount -= 1 }
    held[object] = removal
    if removal?.state == .held { heldCount += 1 }
  }
}
