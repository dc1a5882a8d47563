import TestSupport
import Testing

@testable import Provisioning

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
    #expect(report.plannedRemoval?.members == nil && report.skip == .removalPlanned)
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

  @Test("Given a list of members that suddenly reads empty, nobody is taken out before the guard has seen it")
  func landslide() async throws {
    var world = try await provisioned(12)
    let members = world.members(500)
    world.directory.setMembers(of: .sample(500), [])
    world.removals = .planOnly
    let report = try await world.run(group: 500)
    #expect(report.plannedRemoval?.members == 12 && report.entry == nil)
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

  @Test("Members who would go at once count each; small groups pass, large ones are held with everything else")
  func weights() {
    func judged(_ members: Int?) -> RemovalGuard.Verdict {
      var removals = RemovalGuard(limits: RemovalLimits(count: 500, percent: 20, minimum: 25))
      removals.plan(
        PlannedRemoval(
          objectID: .sample(500), kind: .group, action: .disable, members: members, signalledAt: FixedClock.start),
        at: FixedClock.start)
      return removals.judge(managed: 100, isCycleDone: false, at: FixedClock.start)
    }
    for members in [nil, 1, 25] {
      if case .letThrough = judged(members) { continue }
      Issue.record("\(String(describing: members))")
    }
    guard case .hold(let held, let limit) = judged(26) else {
      Issue.record("26 members")
      return
    }
    #expect(limit == 25)
    let entry = held[0].stagedDelete(at: FixedClock.start, limit: limit)
    #expect(entry.kind == .group && entry.steps[0].description.contains("26 members taken out of the group"))
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
