@testable import Reconciler
import TestSupport
import Testing
@testable import ProvisioningModel
@testable import ProvisioningRules

@Suite("A process that ends between a write to xMatters and the record of it")
struct CreationCrashTests {
  private var rig = JobRig()

  init() async throws {
    rig.policy.groups = .sample()
    rig.hire(.sample(1))
    rig.directory.describe(group: .sample(500), ["displayName": .text("Group 500")])
    try await rig.runCycle()
    _ = rig.target.takeWrites()
  }

  /// The next call of the operation has its effect, and nothing is heard of the process any more.
  private func crash(after operation: Operation) async throws {
    let faults = rig.target.faults
    let count = faults.calls(operation)
    faults.plan(operation, .answerLost)
    faults.decide { [faults] _ in faults.calls(operation) > count ? .refused(.cancelled) : nil }
    await #expect(throws: Failure.self) { try await rig.runCycle(full: false) }
    faults.decide(by: nil)
  }

  private func person(_ number: Int) throws -> Person {
    let people = rig.target.people(withKey: "entra:\(ObjectID.sample(number).rawValue)")
    #expect(people.count == 1)
    return try #require(people.first)
  }

  @Test("Given a user who left since the create, an incremental cycle takes the person out")
  func leftAfterCreate() async throws {
    rig.hire(.sample(2))
    try await crash(after: .create)
    rig.directory.unassign(.sample(2))
    try await rig.runCycle(full: false)
    #expect(try person(2).attributes[.status] == PersonStatus.inactive)
    #expect(try await rig.state.creations().isEmpty)
  }

  @Test("Given a user who was deleted for good since the create, the person is deleted")
  func deletedAfterCreate() async throws {
    rig.hire(.sample(2))
    try await crash(after: .create)
    rig.directory.hardDelete(.sample(2))
    for _ in 0..<2 {
      try await rig.runCycle(full: false)
      rig.wall.advance(by: .seconds(10))
    }
    #expect(rig.target.people.count == 1)
  }

  @Test("Given a user who was renamed since the create, it is the same person, completed and told of as new")
  func renamedAfterCreate() async throws {
    rig.hire(.sample(2))
    try await crash(after: .create)
    #expect(try person(2).devices.isEmpty)
    rig.directory.change(.sample(2)) { $0.attributes["userPrincipalName"] = .text("renamed@example.org") }
    try await rig.runCycle(full: false)
    #expect(try person(2).targetName == "renamed@example.org")
    #expect(try person(2).devices.count == 2)
    #expect(rig.state.entries.last?.action == .create)
    #expect(try await rig.state.creations().isEmpty)
  }

  @Test("Given a person who was made in the place of a lost one, the user's leaving takes it out")
  func madeAgain() async throws {
    rig.target.remove(try person(1).id)
    rig.directory.change(.sample(1)) { $0.attributes["surname"] = .text("Keita") }
    try await crash(after: .create)
    rig.directory.unassign(.sample(1))
    try await rig.runCycle(full: false)
    #expect(try person(1).attributes[.status] == PersonStatus.inactive)
  }

  @Test("Given a user who left since a person was adopted, an incremental cycle takes the person out")
  func leftAfterAdoption() async throws {
    rig.target.put([.targetName: .text("user2@example.org"), .status: PersonStatus.active])
    rig.hire(.sample(2))
    try await crash(after: .modify)
    rig.directory.unassign(.sample(2))
    try await rig.runCycle(full: false)
    #expect(try person(2).attributes[.status] == PersonStatus.inactive)
  }

  @Test("Given a group that was unassigned since the create, an incremental cycle takes it out")
  func groupLeft() async throws {
    rig.directory.assign(.sample(500), .group, role: .sample(902))
    try await crash(after: .createGroup)
    rig.directory.unassign(.sample(500))
    try await rig.runCycle(full: false)
    let groups = rig.target.groups(withKey: "entra:\(ObjectID.sample(500).rawValue)")
    #expect(groups.map { $0.attributes[.status] } == [GroupStatus.inactive])
    #expect(try await rig.state.creations().isEmpty)
  }

  @Test("Given a group that was renamed since the create, it is the same group with its members")
  func groupRenamed() async throws {
    rig.directory.setMembers(of: .sample(500), [.sample(1)])
    rig.directory.assign(.sample(500), .group, role: .sample(902))
    try await crash(after: .createGroup)
    rig.directory.describe(group: .sample(500), ["displayName": .text("Renamed")])
    try await rig.runCycle(full: false)
    let group = try #require(rig.target.groups(withKey: "entra:\(ObjectID.sample(500).rawValue)").first)
    #expect(rig.target.groups.count == 1 && group.name == "Renamed")
    #expect(rig.target.members(known: group.id).count == 1)
  }

  @Test("Given a create that never came to anything, it is looked for in each cycle for a day, and then forgotten")
  func nothingCame() async throws {
    rig.hire(.sample(2))
    let faults = rig.target.faults
    let count = faults.calls(.create)
    faults.decide { [faults] operation in
      if operation == .create { return .refused(.answerLost) }
      return faults.calls(.create) > count ? .refused(.cancelled) : nil
    }
    await #expect(throws: Failure.self) { try await rig.runCycle(full: false) }
    faults.decide(by: nil)
    rig.directory.unassign(.sample(2))
    try await rig.runCycle(full: false)
    #expect(try await rig.state.creations().map(\.targetName) == ["user2@example.org"])
    rig.wall.advance(by: .seconds(90_000))
    try await rig.runCycle(full: false)
    #expect(try await rig.state.creations().isEmpty)
    #expect(rig.target.people.count == 1)
  }

  @Test("Given an initial cycle, whose successor begins with a listing in any case, nothing is recorded ahead")
  func initialCycle() async throws {
    func records(_ count: Int) async throws -> Int {
      let rig = JobRig()
      for number in 1...count { rig.hire(.sample(number)) }
      try await rig.runCycle(full: false)
      return rig.target.faults.calls(.record)
    }
    #expect(try await records(9) - records(4) == 5)
  }
}

@Suite("A create whose answer was lost")
struct LostCreateTests {
  @Test("Given that the user leaves before the next run, that run takes the person out")
  func leaves() async throws {
    let world = World()
    world.hire(.sample(1))
    world.faults.plan(.create, .answerLost)
    world.faults.plan(.people, nil, .unavailable)
    #expect(try await world.run(1).failure != nil)
    world.directory.unassign(.sample(1))
    try await world.run(1)
    #expect(world.person(of: .sample(1))?.attributes[.status] == PersonStatus.inactive)
  }

  @Test("Given that nothing came of it and a person is adopted meanwhile, that person is not taken for a new one")
  func adoptedInstead() async throws {
    let world = World()
    world.hire(.sample(1))
    world.faults.plan(.create, .refused(.answerLost))
    #expect(try await world.run(1).failure != nil)
    world.target.put([.targetName: .text("user1@example.org"), .language: .text("fr")])
    world.faults.plan(.createDevice, .unavailable)
    #expect(try await world.run(1).failure != nil)
    #expect(try await world.run(1).entry?.action == .update)
    #expect(world.person(of: .sample(1))?.attributes[.language] == .text("fr"), "written on create only")
  }

  @Test("Given that the outcome cannot be recorded either, the next run knows of the person all the same")
  func unrecorded() async throws {
    let world = World()
    world.hire(.sample(1))
    world.faults.plan(.record, .unavailable)
    await #expect(throws: Failure.self) { try await world.run(1) }
    world.directory.unassign(.sample(1))
    try await world.run(1)
    #expect(world.person(of: .sample(1))?.attributes[.status] == PersonStatus.inactive)
  }

  @Test("Given that it was the second language that was tried, what was refused before does not hide it")
  func secondLanguage() async throws {
    let world = World()
    world.hire(.sample(1, changing: ["preferredLanguage": .text("en-US")]))
    world.faults.plan(.create, .refused(.badRequest), .answerLost)
    #expect(try await world.run(1).failure == nil)
    #expect(world.person(of: .sample(1))?.devices.count == 2)
  }
}
