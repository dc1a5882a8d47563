import Reconciler
import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

private let inactive: [TargetAttribute: TargetValue] = [.status: PersonStatus.inactive]

@Suite("One run: a user who leaves, or comes back")
struct LeavingRunTests {
  @Test("Given a disabled account, the person is set inactive once, and active when it is enabled again")
  func disableAndEnable() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.directory.change(.sample(1)) { $0.accountEnabled = false }
    let report = try await world.run(1)
    #expect(report.entry?.action == .disable)
    #expect(world.target.takeWrites() == [.init(.modify, person.id, inactive)])
    #expect(world.link(1)?.condition == .disabled)
    #expect(try await world.run(1).skip == .alreadyHandled)
    #expect(world.target.writes.isEmpty)

    world.directory.change(.sample(1)) { $0.accountEnabled = true }
    try await world.run(1)
    #expect(world.target.writes == [.init(.modify, person.id, [.status: PersonStatus.active])])
    #expect(world.link(1)?.condition == .active)
  }

  @Test("Given an unassigned user, the person is set inactive and released")
  func unassign() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.directory.unassign(.sample(1))
    try await world.run(1)
    #expect(world.target.takeWrites() == [.init(.modify, person.id, inactive)])
    #expect(world.link(1)?.condition == .released)
    try await world.run(1)
    #expect(world.target.writes.isEmpty)
  }

  @Test("Given a removal that is only planned, the next cycle finds the user again, whatever was known of it before")
  func plannedOnly() async throws {
    var world = World()
    world.hire(.sample(1))
    // The person is there, but the run that made it is not known to have ended well.
    world.faults.plan(.createDevice, .unavailable)
    #expect(try await world.run(1).failure != nil)
    world.directory.unassign(.sample(1))
    world.removals = .planOnly
    #expect(try await world.run(1).plannedRemoval != nil)
    let digests = try await world.state.entitlements(of: .user)
    #expect(await world.scope.users(differingFrom: digests) == [.sample(1)])
    world.removals = .granted(isCounted: true)
    try await world.run(1)
    #expect(world.link(1)?.condition == .released)
    #expect(await world.scope.users(differingFrom: try await world.state.entitlements(of: .user)).isEmpty)
  }

  @Test("Given a rehire, the same person becomes active with what changed meanwhile")
  func rehire() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.directory.unassign(.sample(1))
    try await world.run(1)
    world.directory.change(.sample(1)) { $0.attributes["surname"] = .text("Keita") }
    try await world.run(1)
    _ = world.target.takeWrites()
    world.directory.assign(.sample(1))
    try await world.run(1)
    #expect(
      world.target.writes == [
        .init(.modify, person.id, [.status: PersonStatus.active, .lastName: .text("Keita")])
      ])
    #expect(world.link(1)?.condition == .active)
  }

  @Test("Given a person who came back by a write whose answer was lost, a leaving before the next run is not forgotten")
  func lostRehire() async throws {
    for isDisabled in [true, false] {
      let world = World()
      _ = try await world.provisioned(.sample(1))
      func leave() {
        if isDisabled {
          world.directory.change(.sample(1)) { $0.accountEnabled = false }
        } else {
          world.directory.unassign(.sample(1))
        }
      }
      leave()
      try await world.run(1)
      world.directory.change(.sample(1)) { $0.accountEnabled = true }
      world.directory.assign(.sample(1))
      world.faults.plan(.modify, .answerLost)
      #expect(try await world.run(1).failure == .answerLost)
      leave()
      try await world.run(1)
      #expect(world.person(of: .sample(1))?.attributes[.status] == PersonStatus.inactive)
    }
  }

  @Test("Given a soft delete then a hard delete, the person is set inactive then deleted")
  func softThenHard() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.directory.softDelete(.sample(1))
    try await world.run(1)
    #expect(world.target.takeWrites() == [.init(.modify, person.id, inactive)])
    world.directory.hardDelete(.sample(1))
    let report = try await world.runTwice(1)
    #expect(report.entry?.action == .delete)
    #expect(world.target.writes == [.init(.delete, person.id)])
    #expect(world.link(1) == nil && world.escrow(1) == nil)
  }

  @Test("Given a user that the directory does not find, it is asked twice before the person is deleted")
  func absentTwice() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.directory.hardDelete(.sample(1))
    let first = try await world.run(1)
    #expect(first.failure?.remedy == .retry(after: .seconds(2)))
    #expect(world.target.writes.isEmpty)
    world.clock.advance(by: .seconds(2))
    #expect(try await world.run(1).failure == nil)
    #expect(world.target.writes == [.init(.delete, person.id)])
  }

  @Test("Given a user who was only missing for a moment, nothing happens to the person")
  func lag() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    let user = try #require(world.directory.user(known: .sample(1)))
    world.directory.hardDelete(.sample(1))
    try await world.run(1)
    world.hire(user)
    world.clock.advance(by: .seconds(2))
    #expect(try await world.run(1).failure == nil)
    #expect(world.target.writes.isEmpty)
    #expect(world.person(of: .sample(1))?.id == person.id)
  }

  @Test("Given a person that has another owner by now, a leaving does nothing to it", arguments: [nil, "XMSYNC_1"])
  func ownedByOthers(_ key: String?) async throws {
    let world = World(deprovisioning: .init(onUnassign: .delete))
    let person = try await world.provisioned(.sample(1))
    world.target.change(person.id) { $0.externalKey = key }
    world.directory.unassign(.sample(1))
    try await world.run(1)
    #expect(world.target.writes.isEmpty)
    #expect(world.link(1)?.isLost == true, "a listing decides")
  }

  @Test("Given a person who is set inactive already, a leaving writes nothing and is remembered")
  func inactiveAlready() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.target.change(person.id) { $0.attributes[.status] = PersonStatus.inactive }
    world.directory.unassign(.sample(1))
    try await world.run(1)
    #expect(world.target.writes.isEmpty)
    #expect(world.link(1)?.condition == .released)
  }

  @Test("Given a person who is gone already, a leaving leaves it to a listing whether the link goes")
  func goneAlready() async throws {
    let world = World(deprovisioning: .init(onUnassign: .delete))
    let person = try await world.provisioned(.sample(1))
    world.target.remove(person.id)
    world.directory.unassign(.sample(1))
    #expect(try await world.run(1).failure == nil)
    #expect(world.link(1)?.isLost == true)
    _ = try await world.snapshot.fill(from: world.target, policy: .sample())
    #expect(try await world.run(1).failure == nil)
    #expect(world.link(1) == nil)
  }

  @Test("Given a removal that fails, it is tried again", arguments: [Operation.modify, .delete])
  func failingRemoval(_ operation: Operation) async throws {
    let world = World(deprovisioning: .init(onUnassign: operation == .delete ? .delete : .disable))
    let person = try await world.provisioned(.sample(1))
    world.directory.unassign(.sample(1))
    world.faults.plan(operation, .throttled, .answerLost)
    #expect(try await world.run(1).failure == .throttled)
    #expect(world.link(1)?.condition == .active)
    try await world.run(1)
    #expect(try await world.run(1).failure == nil)
    #expect(world.target.writes.map(\.person) == [person.id], "carried out once")
  }

  @Test("Given delete on unassign, the person goes, and comes back as a new one")
  func deleteOnUnassign() async throws {
    let world = World(deprovisioning: .init(onUnassign: .delete))
    let person = try await world.provisioned(.sample(1))
    world.directory.unassign(.sample(1))
    try await world.run(1)
    #expect(world.target.people.isEmpty && world.link(1) == nil)
    world.directory.assign(.sample(1))
    try await world.run(1)
    #expect(world.person(of: .sample(1))?.id != person.id)
  }

  @Test("Given none on unassign, the account is left as it is")
  func noneOnUnassign() async throws {
    let world = World(deprovisioning: .init(onUnassign: .none))
    let person = try await world.provisioned(.sample(1))
    world.directory.unassign(.sample(1))
    try await world.run(1)
    #expect(world.target.writes.isEmpty)
    #expect(world.link(1)?.condition == .released)
    #expect(world.person(of: .sample(1))?.attributes == person.attributes)
  }

  @Test("Given no mapping of status, leaving writes nothing")
  func noStatusMapping() async throws {
    let world = World(mapping: .sample(AttributeMapping.defaults.filter { $0.target != .status }))
    _ = try await world.provisioned(.sample(1))
    world.directory.change(.sample(1)) { $0.accountEnabled = false }
    try await world.run(1)
    world.directory.unassign(.sample(1))
    try await world.run(1)
    #expect(world.target.writes.isEmpty)
    #expect(world.link(1)?.condition == .released)
  }

  @Test("Given users who do not concern us, none is even read")
  func strangers() async throws {
    let world = World()
    world.directory.put(.sample(1))
    #expect(try await world.run(1).skip == .notInScope)
    world.directory.assign(.sample(1), role: AppRole.defaultAccess)
    #expect(try await world.run(1).skip == .notEffectivelyEntitled)
    #expect(world.faults.calls(.user) == 0)
    #expect(world.state.entries.isEmpty && world.target.people.isEmpty)
  }

  @Test("Given an assigned user who is disabled or deleted, no person is created")
  func notCreated() async throws {
    let world = World()
    world.hire(.sample(1, enabled: false))
    #expect(try await world.run(1).skip == .notActiveInSource)
    #expect(world.target.people.isEmpty)
  }
}

@Suite("One run: leaving and coming back while answers are lost")
struct LostLeavingTests {
  @Test("Given a return whose answer was lost and another leaving after it, the person does not stay active")
  func lostReturn() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.directory.unassign(.sample(1))
    try await world.run(1)
    world.directory.assign(.sample(1))
    world.faults.plan(.modify, .answerLost)
    #expect(try await world.run(1).failure != nil)
    #expect(world.target.person(known: person.id)?.attributes[.status] == PersonStatus.active)
    world.directory.unassign(.sample(1))
    try await world.run(1)
    #expect(world.target.person(known: person.id)?.attributes[.status] == PersonStatus.inactive)
    #expect(world.link(1)?.condition == .released)
  }

  @Test("Given a return that a crash cut off, the link says that the person may be active")
  func crashedReturn() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.directory.unassign(.sample(1))
    try await world.run(1)
    world.directory.assign(.sample(1))
    // The transition is recorded, then the person is written, then the outcome would be.
    world.faults.plan(.record, nil, .unavailable)
    await #expect(throws: Failure.unavailable) { try await world.run(1) }
    #expect(world.target.person(known: person.id)?.attributes[.status] == PersonStatus.active)
    #expect(world.link(1)?.condition == .active && world.link(1)?.digest == nil)
  }

  @Test("Given a leaving whose answer was lost and a return after it, the person is active again")
  func lostLeaving() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.directory.unassign(.sample(1))
    world.faults.plan(.modify, .answerLost)
    #expect(try await world.run(1).failure != nil)
    #expect(world.target.person(known: person.id)?.attributes[.status] == PersonStatus.inactive)
    world.directory.assign(.sample(1))
    try await world.run(1)
    #expect(world.target.person(known: person.id)?.attributes[.status] == PersonStatus.active)
  }
}
