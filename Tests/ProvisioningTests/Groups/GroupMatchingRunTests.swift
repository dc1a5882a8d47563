@testable import Reconciler
@testable import ProvisioningRules
import TestSupport
import Testing
@testable import ProvisioningModel

@Suite("One run of a group: names, owners and drift")
struct GroupMatchingRunTests {
  @Test("Given a group by that name without an owner, it is adopted as it is, its own members left")
  func adoption() async throws {
    let world = World(groups: .sample(kind: .broadcast))
    let person = try await world.provisioned(1)[0]
    let id = world.target.putGroup("ON CALL", kind: .onCall, members: [MemberID("hand-made")])
    world.assign(group: 500, "On call", members: [1])
    let report = try await world.run(group: 500)
    #expect(world.group(500)?.id == id && world.group(500)?.name == "On call" && world.group(500)?.kind == .onCall)
    #expect(world.members(500) == [MemberID("hand-made"), MemberID(person.id)])
    #expect(report.entry?.status == .warning, "the kind is another one")
  }

  @Test("Given strict ownership, a group that is there is left alone and reported")
  func strict() async throws {
    let world = World(ownership: .strict, groups: .sample())
    let id = world.target.putGroup("On call")
    let before = world.target.groups[id]
    world.assign(group: 500, "On call", members: [])
    let report = try await world.run(group: 500)
    #expect(report.failure?.remedy == .escrow && report.failure?.code == .conflict)
    #expect(world.target.groups[id] == before && world.target.groups.count == 1)
  }

  @Test(
    "Given a group of another system, or one whose members are computed, it is left alone",
    arguments: [
      (.some(.broadcast), "XMSYNC_1"), (nil, nil),
    ] as [(GroupKind?, String?)])
  func notOurs(kind: GroupKind?, key: String?) async throws {
    let world = World(groups: .sample())
    let id = world.target.putGroup("On call", kind: kind, externalKey: key)
    world.assign(group: 500, "On call", members: [])
    let report = try await world.run(group: 500)
    #expect(report.failure?.remedy == .escrow && report.failure?.code == .conflict)
    #expect(world.target.takeGroupWrites().isEmpty && world.target.groups[id]?.externalKey == key)
  }

  @Test("Given a person by that name, it is said, and nothing is written")
  func personHasTheName() async throws {
    let world = World(groups: .sample())
    world.target.put([.targetName: .text("on call")])
    world.assign(group: 500, "On call", members: [])
    let report = try await world.run(group: 500)
    #expect(report.failure?.remedy == .escrow && report.failure?.code == .conflict)
    #expect(report.failure?.reason.contains("taken by a person") == true)
    #expect(world.target.groups.isEmpty)
  }

  @Test("Given two assigned groups of one name, the second is reported with the id of the first")
  func duplicateNames() async throws {
    let world = World(groups: .sample())
    world.assign(group: 500, "On call", members: [])
    world.assign(group: 501, "on call", members: [])
    try await world.run(group: 500)
    let report = try await world.run(group: 501)
    #expect(report.failure?.remedy == .escrow && report.failure?.code == .duplicateSourceEntries)
    #expect(report.failure?.reason.contains(ObjectID.sample(500).rawValue) == true)
    #expect(world.target.groups.count == 1 && world.group(500) != nil)
  }

  @Test("Given a group that left the scope, a new one of its name takes its place; who was added by hand stays")
  func replaced() async throws {
    let world = World(groups: .sample())
    let people = try await world.provisioned(1, 2)
    world.assign(group: 500, "On call", members: [1])
    try await world.run(group: 500)
    let id = try #require(world.group(500)?.id)
    world.target.changeMembers(of: id) { $0.insert(MemberID("hand-made")) }
    world.directory.unassign(.sample(500))
    try await world.run(group: 500)
    world.assign(group: 501, "On call", members: [2])
    try await world.run(group: 501)
    #expect(world.group(501)?.id == id && world.group(501)?.attributes[.status] == "ACTIVE")
    #expect(world.members(501) == [MemberID("hand-made"), MemberID(people[1].id)])
    world.directory.assign(.sample(500), .group)
    #expect(try await world.run(group: 500).failure?.code == .duplicateSourceEntries)
  }

  @Test("Given a new name, it is the same group")
  func rename() async throws {
    let world = World(groups: .sample())
    world.assign(group: 500, "On call", members: [])
    try await world.run(group: 500)
    let id = try #require(world.group(500)?.id)
    world.directory.describe(group: .sample(500), ["displayName": .text("Night shift")])
    try await world.run(group: 500)
    #expect(world.group(500)?.id == id && world.group(500)?.name == "Night shift")
    #expect(world.state.allGroupLinks[.sample(500)]?.targetName == "Night shift")
  }

  @Test("Given a new name that is taken, it is reported, and members come and go all the same")
  func refusedRename() async throws {
    let world = World(groups: .sample())
    let person = try await world.provisioned(1)[0]
    world.target.putGroup("Taken")
    world.assign(group: 500, "On call", members: [])
    try await world.run(group: 500)
    world.assign(group: 500, "Taken", members: [1])
    let report = try await world.run(group: 500)
    #expect(report.failure?.code == .conflict && report.failure?.remedy == .escrow)
    #expect(world.group(500)?.name == "On call" && world.members(500) == [MemberID(person.id)])
    world.directory.describe(group: .sample(500), ["displayName": .text("Free")])
    try await world.run(group: 500)
    #expect(world.group(500)?.name == "Free" && world.state.allEscrows.isEmpty)
  }

  @Test("Given a create whose answer is lost, there is one group, made by us")
  func lostAnswer() async throws {
    let world = World(groups: .sample())
    let person = try await world.provisioned(1)[0]
    world.assign(group: 500, "On call", members: [1])
    world.faults.plan(.createGroup, .answerLost)
    #expect(try await world.run(group: 500).failure == nil)
    #expect(world.target.groups.count == 1 && world.members(500) == [MemberID(person.id)])
  }

  @Test("Given a linked group that was deleted by hand, a listing shows it, and it is made anew")
  func deletedByHand() async throws {
    var world = World(groups: .sample())
    world.removals = .planOnly
    let person = try await world.provisioned(1)[0]
    world.assign(group: 500, "On call", members: [1])
    try await world.run(group: 500)
    let id = try #require(world.group(500)?.id)
    world.target.removeGroup(id)
    #expect(try await world.run(group: 500).skip == .redundantExport, "unseen without a listing")
    _ = try await world.groupSnapshot.fill(from: world.target, policy: .sample())
    #expect(try await world.run(group: 500).entry?.action == .create)
    #expect(world.group(500)?.id != id && world.members(500) == [MemberID(person.id)])
  }

  @Test(
    "Given changes by other hands, a run against a listing repairs them, or only reports them",
    arguments: [
      true, false,
    ])
  func drift(repairs: Bool) async throws {
    let world = World(repairsDrift: repairs, groups: .sample())
    let person = try await world.provisioned(1)[0]
    world.assign(group: 500, "On call", members: [1])
    try await world.run(group: 500)
    let id = try #require(world.group(500)?.id)
    world.target.changeGroup(id) { $0.attributes[.status] = "INACTIVE" }
    world.target.changeMembers(of: id) { $0 = [MemberID("hand-made")] }
    _ = world.target.takeGroupWrites()
    _ = try await world.groupSnapshot.fill(from: world.target, policy: .sample())
    #expect(try await world.run(group: 500).foundDrift)
    #expect(
      world.target.takeGroupWrites()
        == (repairs ? [.modify(id, [.status: "ACTIVE"]), .add(person.id, id)] : []))
  }

  @Test("Given a lost state, links come back from a listing, nothing is written, and no member is taken out")
  func lostState() async throws {
    let world = World(groups: .sample())
    _ = try await world.provisioned(1, 2)
    world.assign(group: 500, "On call", members: [1])
    try await world.run(group: 500)
    let id = try #require(world.group(500)?.id)
    world.target.changeMembers(of: id) { $0.insert(MemberID("hand-made")) }
    let (members, links) = (world.members(500), world.state.allLinks)
    _ = world.target.takeGroupWrites()
    world.state.lose()
    links.values.forEach(world.state.put)
    try await world.state.adopt(try await world.groupSnapshot.fill(from: world.target, policy: .sample()))
    #expect(world.state.allGroupLinks[.sample(500)]?.groupID == id)
    #expect(try await world.run(group: 500).skip == .redundantExport)
    await world.groupSnapshot.clear()
    #expect(world.target.takeGroupWrites().isEmpty && world.members(500) == members)
    world.directory.setMembers(of: .sample(500), [])
    try await world.run(group: 500)
    #expect(world.members(500) == [MemberID("hand-made")])
  }

  @Test("Given a listing that breaks half-way, there is no listing: no group counts as gone")
  func brokenListing() async throws {
    let world = World(groups: .sample())
    for number in 500...503 {
      world.assign(group: number, "Group \(number)", members: [])
      try await world.run(group: number)
    }
    world.faults.plan(.forEachGroup, .brokenOff(.unavailable))
    await #expect(throws: Failure.unavailable) {
      try await world.groupSnapshot.fill(from: world.target, policy: .sample())
    }
    _ = world.target.takeGroupWrites()
    for number in 500...503 { #expect(try await world.run(group: number).skip == .redundantExport) }
    #expect(world.target.takeGroupWrites().isEmpty)
  }
}
