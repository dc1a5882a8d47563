import Reconciler
import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

@Suite("One run of a group: leaving")
struct GroupLeavingRunTests {
  private func provisioned(_ policy: Deprovisioning = .init()) async throws -> World {
    let world = World(
      deprovisioning: policy, groups: .sample(), confirmation: .init(leave: .seconds(2), absence: .seconds(2)))
    _ = try await world.provisioned(1)
    world.assign(group: 500, "On call", members: [1])
    try await world.run(group: 500)
    _ = world.target.takeGroupWrites()
    return world
  }

  @Test("Given an unassigned group, it is set inactive and keeps its members; assigned again, it is active")
  func unassigned() async throws {
    let world = try await provisioned()
    let members = world.members(500)
    world.directory.unassign(.sample(500))
    let report = try await world.run(group: 500)
    #expect(report.entry?.action == .disable && world.group(500)?.attributes[.status] == "INACTIVE")
    #expect(world.members(500) == members && world.state.allGroupLinks[.sample(500)]?.condition == .released)
    // Neither a later run nor its end in the directory does anything more.
    _ = world.target.takeGroupWrites()
    world.directory.delete(group: .sample(500), forGood: true)
    #expect(try await world.runTwice(group: 500).skip == .alreadyHandled)
    #expect(world.target.takeGroupWrites().isEmpty)
    world.assign(group: 500, "On call", members: [1])
    try await world.run(group: 500)
    #expect(world.group(500)?.attributes[.status] == "ACTIVE" && world.members(500) == members)
  }

  @Test("Given `delete` or `none` for it, an unassigned group is deleted or left")
  func otherActions() async throws {
    var world = try await provisioned(.init(onUnassign: .delete))
    world.directory.unassign(.sample(500))
    try await world.run(group: 500)
    #expect(world.target.groups.isEmpty && world.state.allGroupLinks.isEmpty)
    #expect(world.state.allMembers.isEmpty)
    world = try await provisioned(.init(onUnassign: .none))
    world.directory.unassign(.sample(500))
    try await world.run(group: 500)
    #expect(world.target.takeGroupWrites().isEmpty)
    #expect(world.state.allGroupLinks[.sample(500)]?.condition == .released)
  }

  @Test("Given a soft-deleted group, it is set inactive; restored, it is as before; gone for good, it is deleted")
  func softDeleted() async throws {
    let world = try await provisioned()
    let members = world.members(500)
    world.directory.delete(group: .sample(500), forGood: false)
    try await world.run(group: 500)
    #expect(world.group(500)?.attributes[.status] == "INACTIVE")
    world.directory.restore(group: .sample(500))
    try await world.run(group: 500)
    #expect(world.group(500)?.attributes[.status] == "ACTIVE" && world.members(500) == members)
    world.directory.delete(group: .sample(500), forGood: false)
    try await world.run(group: 500)
    world.directory.delete(group: .sample(500), forGood: true)
    try await world.runTwice(group: 500)
    #expect(world.target.groups.isEmpty)
  }

  @Test("Given a group that came back by a write whose answer was lost, a leaving before the next run is not forgotten")
  func lostReturn() async throws {
    let world = try await provisioned()
    world.directory.unassign(.sample(500))
    try await world.run(group: 500)
    world.directory.assign(.sample(500), .group, role: .sample(902))
    world.faults.plan(.modifyGroup, .answerLost)
    #expect(try await world.run(group: 500).failure == .answerLost)
    world.directory.unassign(.sample(500))
    try await world.run(group: 500)
    #expect(world.group(500)?.attributes[.status] == "INACTIVE")
  }

  @Test("Given a group that cannot be found, nothing is removed before it was looked for twice")
  func absence() async throws {
    let world = try await provisioned()
    world.directory.delete(group: .sample(500), forGood: true)
    let report = try await world.run(group: 500)
    #expect(report.failure?.remedy == .retry(after: .seconds(2)))
    #expect(world.target.takeGroupWrites().isEmpty)
    world.clock.advance(by: .seconds(3))
    #expect(try await world.run(group: 500).entry?.action == .delete)
    #expect(world.target.groups.isEmpty)
  }

  @Test(
    "Given a group that is another object's by now, or gone, it is left alone",
    arguments: [
      nil, "XMSYNC_1", "entra:" + ObjectID.sample(7).rawValue,
    ])
  func notOursAnyMore(key: String?) async throws {
    let world = try await provisioned()
    let id = try #require(world.group(500)?.id)
    world.target.changeGroup(id) { $0.externalKey = key }
    world.directory.unassign(.sample(500))
    try await world.run(group: 500)
    #expect(world.target.takeGroupWrites().isEmpty)
    #expect(world.state.allGroupLinks[.sample(500)]?.isLost == true && world.state.allMembers[.sample(500)]?.count == 1)
    _ = try await world.groupSnapshot.fill(from: world.target, policy: .sample())
    try await world.run(group: 500)
    #expect(world.target.takeGroupWrites().isEmpty && world.state.allGroupLinks.isEmpty)
  }

  @Test("Given assignments that are not read yet, nothing is concluded")
  func unknownScope() async throws {
    let world = World(groups: .sample())
    world.target.putGroup("On call", externalKey: "entra:" + ObjectID.sample(500).rawValue)
    let report = try await world.provisioner.run(
      group: .sample(500), policy: .sample(), cycleID: nil, removals: world.removals)
    #expect(report.failure?.remedy == .retry(after: nil) && world.target.takeGroupWrites().isEmpty)
  }

  @Test("Given Default Access alone, a group is not provisioned")
  func defaultAccess() async throws {
    let world = World(groups: .sample())
    world.directory.describe(group: .sample(500), ["displayName": .text("On call")])
    world.directory.assign(.sample(500), .group, role: AppRole.defaultAccess)
    #expect(try await world.run(group: 500).skip == .notEffectivelyEntitled)
    #expect(world.target.groups.isEmpty)
  }

  @Test("Given a disabled group that was set active by hand, a full cycle sets it inactive again and calls it drift")
  func activeAgain() async throws {
    let world = try await provisioned()
    world.directory.delete(group: .sample(500), forGood: false)
    try await world.run(group: 500)
    let group = try #require(world.group(500))
    #expect(group.attributes[.status] == "INACTIVE" && world.state.allGroupLinks[.sample(500)]?.condition == .disabled)
    try await world.target.modifyGroup(group.id, [.status: GroupStatus.active], externalKey: group.externalKey ?? "")
    _ = try await world.groupSnapshot.fill(from: world.target, policy: .sample())
    let report = try await world.run(group: 500)
    #expect(report.foundDrift && report.entry?.action == .disable)
    #expect(world.group(500)?.attributes[.status] == "INACTIVE")
  }
}
