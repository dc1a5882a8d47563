import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

private let now = FixedClock.start
private let window = Duration.seconds(3600)

@Suite("The removal guard")
final class RemovalGuardTests {
  /// Three may go, of ten or more.
  var removals = RemovalGuard(limits: RemovalLimits(count: 3, percent: 100, minimum: 0, window: window))

  private func planned(_ number: Int, live: Bool = false) -> PlannedRemoval {
    PlannedRemoval(
      objectID: .sample(number), kind: .user, action: .disable, cycleID: live ? nil : "c",
      signalledAt: live ? now : nil)
  }

  private func held(_ number: Int) -> HeldRemoval {
    HeldRemoval(objectID: .sample(number), kind: .user, action: .disable, since: now)
  }

  private func carriedOut(_ number: Int, at time: Timestamp = now) -> RunRecord.RemovalChange {
    .count(CountedRemoval(objectID: .sample(number), kind: .user, at: time, isCarriedOut: true))
  }

  @Test(
    "The limit is what is passed first, of number and share, and never below the minimum",
    arguments: [
      (500, 20, 25, 10_000, 500), (500, 20, 25, 1000, 200), (500, 20, 25, 101, 25), (500, 20, 25, 129, 25),
      (500, 20, 25, 130, 26), (500, 20, 25, 134, 26), (0, 20, 0, 1000, 0), (500, 0, 1, 1000, 1), (5, 100, 25, 1000, 25),
    ])
  func limit(count: Int, percent: Int, minimum: Int, managed: Int, expected: Int) {
    let limits = RemovalLimits(count: count, percent: Double(percent), minimum: minimum)
    #expect(limits.limit(managed: managed) == expected)
  }

  @Test("Given as many as are allowed, all are let through; one more, and all are held", arguments: [3, 4])
  func threshold(count: Int) {
    let all = (1...count).map { planned($0) }
    for removal in all { removals.plan(removal, at: now) }
    let verdict = removals.judge(managed: 100, isCycleDone: true, at: now)
    #expect(verdict == (count == 3 ? .letThrough(all) : .hold(all, limit: 3)))
  }

  @Test(
    "Everybody at once is held from five people on, whatever the limits allow",
    arguments: [(4, 4, false), (5, 5, true), (5, 4, false), (20, 20, true)])
  func everybody(managed: Int, going: Int, isHeld: Bool) {
    removals = RemovalGuard(limits: RemovalLimits(count: 500, percent: 100, minimum: 25, window: window))
    let all = (1...going).map { planned($0) }
    for removal in all { removals.plan(removal, at: now) }
    let verdict = removals.judge(managed: managed, isCycleDone: true, at: now)
    #expect(
      verdict == (isHeld ? .hold(all.sorted { $0.objectID < $1.objectID }, limit: managed - 1) : .letThrough(all)))
  }

  @Test("Given removals that were counted while the clock was a year ahead, they count for one window, and no longer")
  func countedAhead() {
    let ahead = now + .seconds(400 * 86_400)
    for number in 1...3 { removals.settle(.sample(number), carriedOut(number, at: ahead)) }
    removals.plan(planned(4), at: now)
    #expect(removals.judge(managed: 100, isCycleDone: true, at: now) == .hold([planned(4)], limit: 3))
    let verdict = removals.judge(managed: 100, isCycleDone: true, at: now + window)
    #expect(verdict == .letThrough([planned(4)]))
  }

  @Test("Given nothing planned, there is nothing to judge")
  func nothing() {
    #expect(removals.judge(managed: 100, isCycleDone: true, at: now) == .nothingPlanned)
  }

  @Test("Given one planned twice, or withdrawn, it counts once, or not at all")
  func counting() {
    for number in [1, 1, 2, 3, 4] { removals.plan(planned(number), at: now) }
    removals.settle(.sample(4), .unchanged)
    #expect(
      removals.judge(managed: 100, isCycleDone: true, at: now) == .letThrough([planned(1), planned(2), planned(3)]))
  }

  @Test("A run may remove only what was let through, and only within the window")
  func permission() {
    removals.plan(planned(1), at: now)
    #expect(removals.permission(for: .sample(1), at: now) == .planOnly)
    removals.letThrough([planned(1)], at: now)
    #expect(removals.permission(for: .sample(1), at: now) == .granted(isCounted: true))
    #expect(removals.permission(for: .sample(2), at: now) == .planOnly)
    #expect(removals.permission(for: .sample(1), at: now + window) == .planOnly)
  }

  @Test("Given a removal that was carried out, the same person needs a new judgement")
  func used() {
    removals.plan(planned(1), at: now)
    removals.letThrough([planned(1)], at: now)
    removals.settle(.sample(1), carriedOut(1))
    #expect(removals.permission(for: .sample(1), at: now) == .planOnly)
  }

  @Test("What was let through or carried out counts until the window has passed it", arguments: [true, false])
  func sliding(isCarriedOut: Bool) {
    for number in 1...3 { removals.plan(planned(number), at: now) }
    removals.letThrough((1...3).map { planned($0) }, at: now)
    if isCarriedOut { for number in 1...3 { removals.settle(.sample(number), carriedOut(number)) } }
    removals.plan(planned(4), at: now)
    let last = now + window - .milliseconds(1)
    #expect(removals.judge(managed: 100, isCycleDone: true, at: last) == .hold([planned(4)], limit: 3))
    #expect(removals.judge(managed: 100, isCycleDone: true, at: now + window) == .letThrough([planned(4)]))
  }

  @Test("A removal carried out late counts from then")
  func late() {
    removals.plan(planned(1), at: now)
    removals.letThrough([planned(1)], at: now)
    let late = now + .seconds(3000)
    removals.settle(.sample(1), carriedOut(1, at: late))
    for number in 2...4 { removals.plan(planned(number), at: now) }
    let verdict = removals.judge(managed: 100, isCycleDone: true, at: late + window - .milliseconds(1))
    #expect(verdict == .hold((2...4).map { planned($0) }, limit: 3))
  }

  @Test("Given a permission that was not needed, it is spent all the same: who knows what a crashed process has done")
  func unused() {
    for number in 1...3 { removals.plan(planned(number), at: now) }
    removals.letThrough((1...3).map { planned($0) }, at: now)
    removals.settle(.sample(1), .forget)
    #expect(removals.permission(for: .sample(1), at: now) == .planOnly)
    removals.plan(planned(4), at: now)
    #expect(removals.judge(managed: 100, isCycleDone: true, at: now) == .hold([planned(4)], limit: 3))
  }

  @Test("The share is of all who were managed before the window's removals")
  func share() {
    var removals = RemovalGuard(limits: RemovalLimits(count: 500, percent: 20, minimum: 0, window: window))
    for number in 1...15 { removals.settle(.sample(number), carriedOut(number)) }
    for number in 16...20 { removals.plan(planned(number), at: now) }
    let five = (16...20).map { planned($0) }
    #expect(removals.judge(managed: 85, isCycleDone: true, at: now) == .letThrough(five))
    removals.plan(planned(21), at: now)
    #expect(removals.judge(managed: 85, isCycleDone: true, at: now) == .hold(five + [planned(21)], limit: 20))
  }

  // MARK: Holding

  @Test("Given held removals, they count as planned: what comes later is held as well, until they are fewer")
  func heldCount() {
    removals.hold((1...4).map { held($0) })
    removals.plan(planned(5), at: now)
    #expect(removals.judge(managed: 100, isCycleDone: true, at: now) == .hold([planned(5)], limit: 3))
    removals.settle(.sample(1), .forget)
    removals.settle(.sample(2), .forget)
    #expect(removals.judge(managed: 100, isCycleDone: true, at: now) == .letThrough([planned(5)]))
    #expect(removals.heldCount == 2 && removals.permission(for: .sample(3), at: now) == .held)
  }

  @Test("Given a held removal, it is never planned again, however much time passes")
  func heldForever() {
    removals.hold([held(1)])
    removals.plan(planned(1, live: true), at: now)
    let later = now + .seconds(86_400 * 100)
    #expect(removals.judge(managed: 100, isCycleDone: true, at: later) == .nothingPlanned)
    #expect(removals.permission(for: .sample(1), at: later) == .held)
  }

  @Test("Given a release, what was held may be carried out, and counts within the window once it was")
  func released() {
    removals.hold((1...4).map { held($0) })
    removals.set(.released, of: (1...4).map { .sample($0) })
    #expect(removals.heldCount == 0 && removals.unfinished.count == 4)
    #expect(removals.permission(for: .sample(1), at: now) == .granted(isCounted: true))
    for number in 5...7 { removals.plan(planned(number), at: now) }
    #expect(removals.judge(managed: 100, isCycleDone: true, at: now) == .letThrough((5...7).map { planned($0) }))
    removals.settle(.sample(1), .forget)
    #expect(removals.permission(for: .sample(1), at: now) == .planOnly)
  }

  @Test("Given a removal that an operator keeps, it is not planned, not counted and not released with all others")
  func kept() {
    removals.hold((1...3).map { held($0) })
    removals.set(.kept, of: [.sample(1)])
    #expect(removals.heldCount == 2 && removals.open.count == 3 && removals.waiting.count == 2)
    #expect(removals.permission(for: .sample(1), at: now) == .held)
    removals.plan(planned(1), at: now)
    #expect(!removals.isPlanned(.sample(1)))
    #expect(removals.selected(.all(before: now), for: .released).map(\.objectID) == [.sample(2), .sample(3)])
    #expect(removals.selected(.objects([.sample(1), .sample(9)]), for: .released).map(\.objectID) == [.sample(1)])
  }

  @Test("Given a kept removal whose reason becomes another, or ends, the decision ends with it")
  func keptForAnotherReason() {
    removals.hold([held(1), held(2)])
    removals.set(.kept, of: [.sample(1), .sample(2)])
    var other = planned(1)
    other.reason = .hardDeleted
    removals.plan(other, at: now)
    #expect(removals.isPlanned(.sample(1)) && removals.open.map(\.objectID) == [.sample(2)])
    removals.settle(.sample(2), .forget)
    #expect(removals.open.isEmpty)
  }

  @Test("Given what was held after the operator looked, a release of all that was seen leaves it held")
  func before() {
    removals.hold([held(1)])
    removals.hold([HeldRemoval(objectID: .sample(2), kind: .user, action: .disable, since: now + .milliseconds(1))])
    #expect(removals.selected(.all(before: now), for: .released).map(\.objectID) == [.sample(1)])
  }

  @Test("What is kept over a restart goes on as it was")
  func restored() {
    removals.restore(
      counted: [
        CountedRemoval(objectID: .sample(1), kind: .user, at: now, isCarriedOut: false),
        CountedRemoval(objectID: .sample(2), kind: .user, at: now, isCarriedOut: true),
      ],
      held: [
        held(3), HeldRemoval(objectID: .sample(4), kind: .user, action: .delete, since: now, state: .released),
      ])
    #expect(removals.heldCount == 1)
    #expect(Set(removals.unfinished.map(\.objectID)) == [.sample(1), .sample(3), .sample(4)])
    #expect(removals.unfinished.allSatisfy { $0.kind == .user })
    removals.plan(planned(5), at: now)
    #expect(removals.judge(managed: 100, isCycleDone: true, at: now) == .hold([planned(5)], limit: 3))
  }

  // MARK: Together

  @Test("Given a running cycle, what it has planned waits for its end, and counts meanwhile")
  func duringCycle() {
    removals.plan(planned(1), at: now)
    removals.plan(planned(2, live: true), at: now)
    #expect(removals.judge(managed: 100, isCycleDone: false, at: now) == .letThrough([planned(2, live: true)]))
    removals.letThrough([planned(2, live: true)], at: now)
    #expect(removals.judge(managed: 100, isCycleDone: false, at: now) == .nothingPlanned)
    #expect(removals.judge(managed: 100, isCycleDone: true, at: now) == .letThrough([planned(1)]))
    for number in 3...4 { removals.plan(planned(number), at: now) }
    let all = [planned(1), planned(3), planned(4)]
    #expect(removals.judge(managed: 100, isCycleDone: false, at: now) == .hold(all, limit: 3))
  }

  @Test("Given a cycle that ended early, its plans are forgotten and those of signals are not")
  func cycleFailed() {
    removals.plan(planned(1), at: now)
    removals.plan(planned(2, live: true), at: now)
    removals.plan(planned(2), at: now)
    removals.forgetPlannedOfCycle()
    #expect(!removals.isPlanned(.sample(1)) && removals.isPlanned(.sample(2)))
  }

  @Test(
    "A removal waits for others only while they might pass the limit with it",
    arguments: [
      (.init(objects: 0, reads: 0), false), (.init(objects: 2, reads: 0), false), (.init(objects: 3, reads: 0), true),
      (.init(objects: 0, reads: 1), true),
    ] as [(RemovalGuard.InHand, Bool)])
  func waiting(inHand: RemovalGuard.InHand, _ expected: Bool) {
    removals.plan(planned(1, live: true), at: now)
    #expect(removals.waits(for: inHand, managed: 100, at: now) == expected)
    #expect(!removals.waits(for: inHand, managed: 100, at: now + .seconds(10)), "no caller waits for ever")
  }
}
