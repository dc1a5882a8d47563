import Reconciler
import ProvisioningRules
import ProvisioningModel
import TestSupport
import Testing

@Suite("One run of a group: members")
struct GroupRunTests {
  @Test("Given an assigned group, it is made with its provisioned direct members, and a second run writes nothing")
  func creation() async throws {
    let world = World(groups: .sample())
    let people = try await world.provisioned(1, 2)
    world.directory.put(.sample(3))
    world.assign(group: 500, "On call", members: [1, 2, 3])
    let report = try await world.run(group: 500)
    let group = try #require(world.group(500))
    #expect(group.kind == .broadcast && group.attributes == [.targetName: "On call", .status: "ACTIVE"])
    #expect(world.members(500) == Set(people.map { MemberID($0.id) }))
    #expect(report.entry?.kind == .group && report.entry?.action == .create && report.entry?.status == .success)
    #expect(report.entry?.targetName == "On call" && report.entry?.targetID == TargetID(group.id))
    #expect(report.awaitedMembers == [.sample(3)])
    #expect(world.state.allMembers[.sample(500)]?.count == 3)

    _ = world.target.takeGroupWrites()
    #expect(try await world.run(group: 500).skip == .redundantExport)
    #expect(world.target.takeGroupWrites().isEmpty)
    #expect(world.state.entries.count { $0.kind == .group } == 1)
  }

  @Test("Given a member who arrives later, it is added then, and is found by the groups that wait for it")
  func arrival() async throws {
    let world = World(groups: .sample())
    world.directory.put(.sample(1))
    world.assign(group: 500, "On call", members: [1])
    try await world.run(group: 500)
    #expect(world.members(500).isEmpty)
    #expect(try await world.state.groups(containing: .sample(1)) == [.sample(500)])
    #expect(try await world.state.groupsBehindTheirMembers().isEmpty)

    let person = try await world.provisioned(1)[0]
    #expect(try await world.state.groupsBehindTheirMembers() == [.sample(500)])
    try await world.run(group: 500)
    #expect(world.members(500) == [MemberID(person.id)])
    #expect(try await world.state.groupsBehindTheirMembers().isEmpty)
  }

  @Test("Given members who leave and come, only the difference is written")
  func difference() async throws {
    let world = World(groups: .sample())
    let people = try await world.provisioned(1, 2, 3)
    world.assign(group: 500, "On call", members: [1, 2])
    try await world.run(group: 500)
    let group = try #require(world.group(500)?.id)
    _ = world.target.takeGroupWrites()
    world.directory.setMembers(of: .sample(500), [.sample(2), .sample(3)])
    let report = try await world.run(group: 500)
    #expect(
      Set(world.target.takeGroupWrites()) == [.add(people[2].id, group), .remove(MemberID(people[0].id), group)])
    #expect(report.entry?.steps.last?.description == "Updated: 1 member added, 1 removed.")
  }

  @Test("Given members added by hand, they are left, unless the membership is to be exact", arguments: [false, true])
  func byHand(isExact: Bool) async throws {
    let world = World(groups: .sample(isExact: isExact))
    let people = try await world.provisioned(1, 2, 3)
    world.assign(group: 500, "On call", members: [1, 2])
    try await world.run(group: 500)
    let group = try #require(world.group(500)?.id)
    let hand: Set = [MemberID("hand-made"), MemberID("some-device"), MemberID(people[2].id)]
    world.target.changeMembers(of: group) { $0.formUnion(hand) }
    world.directory.setMembers(of: .sample(500), [.sample(1)])
    try await world.run(group: 500)
    #expect(world.members(500) == (isExact ? [] : hand).union([MemberID(people[0].id)]))
  }

  @Test("Given a member who goes out of scope, it leaves the group; a disabled one stays")
  func standing() async throws {
    let world = World(groups: .sample())
    let people = try await world.provisioned(1, 2)
    world.assign(group: 500, "On call", members: [1, 2])
    try await world.run(group: 500)
    world.directory.unassign(.sample(500))
    world.directory.assign(.sample(500), .group, role: AppRole.defaultAccess)
    world.directory.unassign(.sample(1))
    #expect(try await world.run(1).changesMemberships)
    world.directory.change(.sample(2)) { $0.accountEnabled = false }
    #expect(try await world.run(2).changesMemberships)
    world.directory.assign(.sample(500), .group, role: .sample(902))
    // Assigned through the group again, but not looked at yet.
    try await world.run(group: 500)
    #expect(world.members(500) == [MemberID(people[1].id)])
  }

  @Test("Given a deleted person, the group has the new one")
  func recreatedPerson() async throws {
    let world = World(groups: .sample())
    let person = try await world.provisioned(1)[0]
    world.assign(group: 500, "On call", members: [1])
    try await world.run(group: 500)
    world.target.remove(person.id)
    _ = try await world.snapshot.fill(from: world.target, policy: .sample())
    #expect(try await world.run(1).changesMemberships)
    await world.snapshot.clear()
    try await world.run(group: 500)
    #expect(world.members(500) == [MemberID(try #require(world.person(of: .sample(1))).id)])
  }

  @Test(
    "Given any read that fails, no member is taken out",
    arguments: [
      Operation.directoryGroup, .groupMembers, .readState, .group,
    ])
  func failedReads(operation: Operation) async throws {
    let world = World(groups: .sample(isExact: true))
    _ = try await world.provisioned(1, 2)
    world.assign(group: 500, "On call", members: [1, 2])
    try await world.run(group: 500)
    let before = world.members(500)
    world.directory.setMembers(of: .sample(500), [.sample(1)])
    _ = try await world.scope.refresh()
    for fault in [Faults.Fault.unavailable, .brokenOff(.unavailable), .answerLost] {
      for position in 0..<4 {
        world.faults.plan(
          operation, position > 0 ? nil : fault, position > 1 ? nil : fault, position > 2 ? nil : fault, fault)
        _ = try? await world.provisioner.run(
          group: .sample(500), policy: world.groupPolicy, cycleID: nil, removals: world.removals)
        if world.members(500) != before { #expect(world.members(500).count == 1) }
      }
    }
    #expect(world.target.groupRemovals.isEmpty)
  }

  @Test("Given a failure among many adds, the next run goes on, and no member looks as if added by hand")
  func interrupted() async throws {
    let world = World(groups: .sample())
    let people = try await world.provisioned(1, 2, 3, 4)
    world.assign(group: 500, "On call", members: [1, 2, 3, 4])
    world.faults.plan(.addMember, .answerLost, nil, .unavailable, .unavailable)
    let report = try await world.run(group: 500)
    #expect(report.failure?.remedy == .retry(after: nil) && world.state.allEscrows[.sample(500)]?.kind == .group)
    #expect(world.state.allGroupLinks[.sample(500)]?.digest == nil)
    // Two of them leave before the next run.
    world.directory.setMembers(of: .sample(500), [.sample(3), .sample(4)])
    #expect(try await world.run(group: 500).failure == nil)
    #expect(world.members(500) == Set(people[2...].map { MemberID($0.id) }))
    #expect(world.state.allEscrows.isEmpty)
  }

  @Test("Given one member who cannot be added, the others are, and the attempts are counted")
  func oneRefused() async throws {
    let world = World(groups: .sample())
    let people = try await world.provisioned(1, 2, 3)
    world.assign(group: 500, "On call", members: [1, 2, 3])
    for attempt in 1...3 {
      world.faults.plan(.addMember, attempt == 1 ? .refused(.badRequest) : nil)
      if attempt > 1 { world.faults.plan(.groupMembers, .unavailable) }
      #expect(try await world.run(group: 500).failure != nil)
      #expect(world.state.allEscrows[.sample(500)]?.attempts == attempt)
    }
    #expect(world.members(500).count == 2)
    try await world.run(group: 500)
    #expect(world.members(500) == Set(people.map { MemberID($0.id) }))
  }

  @Test("Given a group of 2,500, all are added, and one more costs one write")
  func large() async throws {
    let world = World(groups: .sample())
    for number in 1...2501 {
      world.state.put(Link(objectID: .sample(number), personID: PersonID("p\(number)")))
      world.directory.put(.sample(number))
    }
    world.target.putPeople((1...2501).map { PersonID("p\($0)") })
    world.assign(group: 5000, "Everybody", members: Set(1...2500))
    try await world.run(group: 5000)
    #expect(world.members(5000).count == 2500)
    _ = world.target.takeGroupWrites()
    world.directory.setMembers(of: .sample(5000), Set((1...2501).map { .sample($0) }))
    try await world.run(group: 5000)
    #expect(world.target.takeGroupWrites().count == 1)
  }
}
