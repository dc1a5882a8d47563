@testable import Reconciler
import TestSupport
import Testing
@testable import ProvisioningModel
@testable import ProvisioningRules

@Suite("Groups and the removal guard")
struct GroupGuardTests {
  private func provisioned(_ count: Int) async throws -> World {
    let world = World(groups: .sample())
    for number in 1...count { _ = try await world.provisioned(.sample(number)) }
    world.assign(group: 500, "On call", members: Set(1...count))
    try await world.run(group: 500)
    _ = world.target.takeGroupWrites()
    return world
  }

  @Test("Given a group that left, it is only planned before the guard has seen it, and nothing while it is held")
  func leaving() async throws {
    var world = try await provisioned(1)
    world.directory.unassign(.sample(500))
    world.removals = .planOnly
    let report = try await world.run(group: 500)
    #expect(report.plannedRemoval?.kind == .group && report.plannedRemoval?.action == .disable)
    #expect(report.plannedRemoval?.isOfMembers == false && report.skip == .removalPlanned)
    #expect(report.plannedRemoval?.people == [.sample(1)], "its members lose it")
    world.removals = .held
    let reads = world.faults.calls(.group)
    #expect(try await world.run(group: 500).plannedRemoval?.action == .disable)
    #expect(world.target.takeGroupWrites().isEmpty && world.faults.calls(.group) == reads)
    world.removals = .granted(isCounted: true)
    let done = try await world.run(group: 500)
    #expect(done.plannedRemoval == nil && world.group(500)?.attributes[.status] == "INACTIVE")
    guard case .count(let counted) = done.record.removal else {
      Issue.record("\(done.record.removal)")
      return
    }
    #expect(counted.kind == .group && counted.isCarriedOut)
  }

  @Test("Given a list of members that suddenly reads empty, no member is taken out before the guard has seen it")
  func landslide() async throws {
    var world = try await provisioned(12)
    let members = world.members(500)
    world.directory.setMembers(of: .sample(500), [])
    world.removals = .planOnly
    let report = try await world.run(group: 500)
    #expect(report.plannedRemoval?.people.count == 12 && report.entry == nil)
    #expect(world.target.takeGroupWrites().isEmpty && world.members(500) == members)
    // It was a mistake.
    world.directory.setMembers(of: .sample(500), Set((1...12).map { .sample($0) }))
    world.removals = .held
    let mended = try await world.run(group: 500)
    #expect(mended.plannedRemoval == nil && mended.record.removal == .forget)
    world.directory.setMembers(of: .sample(500), [])
    world.removals = .granted(isCounted: true)
    try await world.run(group: 500)
    #expect(world.members(500).isEmpty)
  }

  @Test("Given members who are on the way out of scope, they stay in the group until that is carried out")
  func heldUsers() async throws {
    var world = World(groups: .sample())
    world.directory.put(.sample(1))
    world.directory.put(.sample(2))
    world.assign(group: 500, "On call", members: [1, 2])
    try await world.run(1)
    try await world.run(2)
    try await world.run(group: 500)
    let members = world.members(500)
    world.directory.setMembers(of: .sample(500), [.sample(2)])
    world.removals = .planOnly
    #expect(try await world.run(1).plannedRemoval != nil)
    try await world.run(group: 500)
    #expect(world.members(500) == members)
    world.removals = .granted(isCounted: true)
    #expect(try await world.run(1).changesMemberships)
    #expect(try await world.state.groupsBehindTheirMembers() == [.sample(500)])
    try await world.run(group: 500)
    #expect(world.members(500).count == 1 && world.members(500).isSubset(of: members))
  }

  @Test("Given a member who left and one who came, the one comes in at once, and the other waits for the guard")
  func additionsGoOn() async throws {
    var world = try await provisioned(3)
    _ = try await world.provisioned(.sample(4))
    world.directory.setMembers(of: .sample(500), [.sample(2), .sample(3), .sample(4)])
    for permission in [RemovalPermission.planOnly, .held] {
      world.removals = permission
      let report = try await world.run(group: 500)
      #expect(report.plannedRemoval?.people == [.sample(1)] && report.plannedRemoval?.isOfMembers == true)
      #expect(world.members(500).count == 4)
    }
    world.removals = .granted(isCounted: true)
    try await world.run(group: 500)
    #expect(world.members(500).count == 3)
  }

  @Test("Given a member added by hand, exact membership takes it out once the guard has let that through")
  func exactMembership() async throws {
    var world = World(groups: .sample(isExact: true))
    _ = try await world.provisioned(.sample(1))
    world.assign(group: 500, "On call", members: [1])
    try await world.run(group: 500)
    let group = try #require(world.group(500))
    let stranger = world.target.put([.targetName: .text("stranger")])
    try await world.target.addMember(stranger, to: group.id)
    _ = try await world.groupSnapshot.fill(from: world.target, policy: .sample())
    world.removals = .planOnly
    #expect(try await world.run(group: 500).plannedRemoval?.people.count == 1)
    // The listing has been used up.
    world.removals = .granted(isCounted: true)
    try await world.run(group: 500)
    #expect(world.members(500).count == 1)
  }

  private static func planned(_ group: Int, _ people: some Sequence<Int>, isOfMembers: Bool = true) -> PlannedRemoval {
    PlannedRemoval(
      objectID: .sample(group), kind: .group, action: .disable, people: Set(people.map { .sample($0) }),
      isOfMembers: isOfMembers, signalledAt: FixedClock.start)
  }

  private func judged(_ limits: RemovalLimits, managed: Int = 100, _ planned: [PlannedRemoval]) -> RemovalGuard.Verdict
  {
    var removals = RemovalGuard(limits: limits)
    for removal in planned { removals.plan(removal, at: FixedClock.start) }
    return removals.judge(managed: managed, isCycleDone: false, at: FixedClock.start)
  }

  @Test("A group costs its members, whether it is disabled or they are taken out", arguments: [true, false])
  func weights(isOfMembers: Bool) {
    let limits = RemovalLimits(count: 500, percent: 20, minimum: 25)
    for count in [0, 1, 25] {
      let removal = Self.planned(500, 0..<count, isOfMembers: isOfMembers)
      #expect(judged(limits, [removal]) == .letThrough([removal]))
    }
    let removal = Self.planned(500, 0..<30, isOfMembers: isOfMembers)
    #expect(judged(limits, [removal]) == .hold([removal], limit: 25))
    let entry = removal.stagedDelete(at: FixedClock.start, limit: 25)
    #expect(entry.kind == .group)
    #expect(entry.steps[0].description.contains("30 members taken out of the group") == isOfMembers)
  }

  @Test("Given nine groups of nine that lose eight members each against a limit of six, all of it is held")
  func manyGroups() {
    let all = (0..<9).map { group in Self.planned(500 + group, (group * 9)..<(group * 9 + 8)) }
    #expect(judged(RemovalLimits(count: 6, percent: 100, minimum: 0), all) == .hold(all, limit: 6))
  }

  @Test(
    "Given every member of every group would lose something, all of it is held from five on, however high the limit")
  func everyMember() {
    func judged(_ removals: inout RemovalGuard, _ members: Int) -> RemovalGuard.Verdict {
      removals.judge(
        managed: 100, members: Set((0..<members).map { .sample($0) }), isCycleDone: false, at: FixedClock.start)
    }
    let limits = RemovalLimits(count: 500, percent: 100, minimum: 500)
    let five = Self.planned(500, 0..<5)
    var removals = RemovalGuard(limits: limits)
    removals.plan(five, at: FixedClock.start)
    #expect(judged(&removals, 6) == .letThrough([five]), "one is left")
    #expect(judged(&removals, 5) == .hold([five], limit: 4))
    var few = RemovalGuard(limits: limits)
    few.plan(Self.planned(500, 0..<4), at: FixedClock.start)
    #expect(judged(&few, 4) == .letThrough([Self.planned(500, 0..<4)]))
    // Those that a removal within the window has taken out already are no members any more.
    var again = RemovalGuard(limits: limits)
    again.restore(
      counted: [
        CountedRemoval(
          objectID: .sample(501), kind: .group, at: FixedClock.start, isCarriedOut: true,
          people: Set((10..<13).map { .sample($0) }))
      ], held: [])
    again.plan(Self.planned(500, 0..<2), at: FixedClock.start)
    #expect(judged(&again, 2) == .hold([Self.planned(500, 0..<2)], limit: 4))
  }

  @Test("Given a group that was deleted, and a restart, its members still count within the window")
  func restart() {
    let counted = CountedRemoval(
      objectID: .sample(500), kind: .group, at: FixedClock.start, isCarriedOut: true,
      people: Set((0..<20).map { .sample($0) }))
    var removals = RemovalGuard(limits: RemovalLimits(count: 25, percent: 100, minimum: 0))
    removals.restore(counted: [counted], held: [])
    let ten = Self.planned(501, 20..<30)
    removals.plan(ten, at: FixedClock.start)
    #expect(
      removals.judge(managed: 100, isCycleDone: false, at: FixedClock.start + .seconds(60)) == .hold([ten], limit: 25))
  }

  @Test("Given a leaver with forty groups, it costs one")
  func once() {
    var all = (0..<40).map { Self.planned(500 + $0, [1]) }
    all.append(
      PlannedRemoval(objectID: .sample(1), kind: .user, action: .disable, signalledAt: FixedClock.start))
    let verdict = judged(RemovalLimits(count: 1, percent: 100, minimum: 0), all)
    #expect(verdict == .letThrough(all.sorted { $0.objectID < $1.objectID }))
  }

  @Test("Given groups that are not provisioned any more, what was held of them is held no more")
  func switchedOff() async throws {
    let rig = JobRig()
    rig.hire(.sample(1))
    let held = HeldRemoval(objectID: .sample(500), kind: .group, action: .disable, since: rig.wall.now)
    try await rig.state.hold([held], [])
    try await rig.runCycle()
    #expect(try await rig.state.heldRemovals().isEmpty)
  }
}
