import ProvisioningModel
import ProvisioningRules
import Reconciler
import TestSupport
import Testing

/// xMatters says of a person who is there that it is not, as when the account may not see the person for a while.
@Suite("A person or group that one answer says is gone")
struct LostLinkTests {
  @Test(
    "Given a leaving whose person is said to be gone, the link is kept as lost, and the next look disables the person")
  func leaving() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.directory.unassign(.sample(1))
    world.faults.plan(.person, .saysGone)
    #expect(try await world.run(1).skip == .alreadyHandled)
    #expect(world.link(1)?.personID == person.id && world.link(1)?.isLost == true)
    #expect(try await world.run(1).entry?.action == .disable)
    #expect(world.link(1)?.isLost == false && world.link(1)?.condition == .released)
  }

  @Test("Given that and a service that only has its schedule, the next cycle lists people and disables the person")
  func listingIsDue() async throws {
    let rig = JobRig(faults: Faults())
    rig.hire(.sample(1))
    try await rig.runCycle()
    rig.directory.unassign(.sample(1))
    rig.target.faults.plan(.person, .saysGone)
    try await rig.runCycle(full: false)
    #expect(rig.state.allLinks[.sample(1)]?.isLost == true)
    let listings = rig.target.faults.calls(.forEachPerson)
    try await rig.runCycle(full: false)
    #expect(rig.target.faults.calls(.forEachPerson) == listings + 1)
    #expect(rig.target.people.values.allSatisfy { $0.attributes[.status] == PersonStatus.inactive })
    try await rig.runCycle(full: false)
    #expect(rig.target.faults.calls(.forEachPerson) == listings + 1, "decided, and not asked again")
  }

  @Test("Given a leaving whose person is gone indeed, the next listing drops the link")
  func gone() async throws {
    let rig = JobRig()
    rig.hire(.sample(1))
    try await rig.runCycle()
    for id in rig.target.people.keys { rig.target.remove(id) }
    rig.directory.unassign(.sample(1))
    try await rig.runCycle(full: false)
    #expect(rig.state.allLinks[.sample(1)]?.isLost == true)
    try await rig.runCycle(full: false)
    #expect(rig.state.allLinks.isEmpty)
  }

  @Test("Given a user in scope whose person is gone, another is made at once and takes the place in the link")
  func replaced() async throws {
    let world = World()
    let former = try await world.provisioned(.sample(1))
    world.target.remove(former.id)
    world.directory.put(.sample(1, changing: ["surname": .text("Other")]))
    #expect(try await world.run(1).entry?.action == .create)
    #expect(world.link(1)?.personID == world.person(of: .sample(1))?.id && world.link(1)?.isLost == false)
  }

  @Test("Given a user in scope who is said to be gone and cannot be made anew, what it was is still known")
  func refused() async throws {
    let world = World()
    let former = try await world.provisioned(.sample(1))
    world.target.remove(former.id)
    world.target.refuse("entra:" + ObjectID.sample(1).rawValue, with: .badRequest)
    world.directory.put(.sample(1, changing: ["surname": .text("Other")]))
    #expect(try await world.run(1).failure?.code == .badRequest)
    #expect(world.link(1)?.personID == former.id && world.link(1)?.isLost == true)
  }

  @Test("Given a create in the place of a lost person whose answer was lost with the process, the person is found")
  func crash() async throws {
    let world = World()
    let former = try await world.provisioned(.sample(1))
    world.target.remove(former.id)
    world.directory.put(.sample(1, changing: ["surname": .text("Other")]))
    world.faults.plan(.create, .answerLost)
    world.faults.plan(.people, nil, .throttled)
    #expect(try await world.run(1).failure != nil)
    try await world.run(1)
    #expect(world.target.people.count == 1)
    #expect(world.link(1)?.personID == world.person(of: .sample(1))?.id)
  }

  @Test("Given the person of a held removal is said to be gone, the removal stays held")
  func held() async throws {
    var world = World()
    _ = try await world.provisioned(.sample(1))
    world.directory.unassign(.sample(1))
    world.removals = .held
    _ = try await world.snapshot.fill(from: world.target, policy: .sample())
    world.faults.plan(.person, .saysGone)
    #expect(try await world.run(1).record.removal == .unchanged)
  }

  @Test("Given a person who carries another object's key by now, its link is not released by the lost one")
  func otherOwner() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.target.change(person.id) { $0.externalKey = "entra:" + ObjectID.sample(2).rawValue }
    world.state.put(Link(objectID: .sample(2), personID: person.id))
    world.directory.unassign(.sample(1))
    try await world.run(1)
    #expect(world.link(1)?.isLost == true)
    #expect(world.link(2)?.condition == .active)
  }

  @Test("Given a group that is said to be gone and matched again by its name, one who left it is taken out")
  func groupMembers() async throws {
    let world = World(groups: .sample())
    let people = try await world.provisioned(1, 2)
    world.assign(group: 500, "On call", members: [1, 2])
    try await world.run(group: 500)
    #expect(world.members(500) == Set(people.map { MemberID($0.id) }))
    world.directory.setMembers(of: .sample(500), [.sample(1)])
    world.faults.plan(.group, .saysGone)
    try await world.run(group: 500)
    #expect(world.members(500) == [MemberID(people[0].id)])
    #expect(world.state.allGroupLinks[.sample(500)]?.isLost == false)
  }

  @Test("Given a group that is said to be gone and cannot be taken up, who was put into it is still known")
  func groupRecord() async throws {
    let world = World(groups: .sample())
    _ = try await world.provisioned(1, 2)
    world.assign(group: 500, "On call", members: [1, 2])
    try await world.run(group: 500)
    world.directory.setMembers(of: .sample(500), [.sample(1)])
    world.faults.plan(.group, .saysGone)
    world.faults.plan(.groupNamed, .unavailable)
    #expect(try await world.run(group: 500).failure != nil)
    #expect(world.state.allMembers[.sample(500)]?.count == 2)
    #expect(world.state.allGroupLinks[.sample(500)]?.isLost == true)
    try await world.run(group: 500)
    #expect(world.members(500).count == 1)
  }

  @Test("Given a group that leaves and is said to be gone, it is disabled by the next cycle, which lists groups")
  func groupLeaving() async throws {
    var rig = JobRig()
    rig.policy.groups = .sample()
    rig.directory.describe(group: .sample(500), ["displayName": .text("On call")])
    rig.directory.assign(.sample(500), .group)
    try await rig.runCycle()
    rig.directory.unassign(.sample(500))
    rig.target.faults.plan(.group, .saysGone)
    try await rig.runCycle(full: false)
    #expect(rig.state.allGroupLinks[.sample(500)]?.isLost == true)
    try await rig.runCycle(full: false)
    #expect(rig.target.groups.values.allSatisfy { $0.attributes[.status] == GroupStatus.inactive })
    #expect(rig.state.allGroupLinks[.sample(500)]?.isLost == false)
  }
}
