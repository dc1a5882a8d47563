import ProvisioningRules
import Reconciler
import ProvisioningModel
import TestSupport
import Testing

@Suite("One run: a user in scope")
struct ProvisioningRunTests {
  @Test("Given no such person in xMatters, a person is created with its devices, and linked")
  func create() async throws {
    let world = World()
    world.hire(.sample(1))
    let report = try await world.run(1)

    #expect(report.failure == nil && report.skip == nil && report.isNewlyLinked)
    let person = try #require(world.person(of: .sample(1)))
    #expect(
      person.attributes == [
        .targetName: .text("user1@example.org"), .webLogin: .text("user1@example.org"),
        .firstName: .text("Given1"), .lastName: .text("Surname1"), .status: PersonStatus.active,
        .language: .text("en"), .site: .text("site-default"), .roles: .list(["Standard User"]), .supervisors: .list([]),
      ])
    #expect(person.address(of: "Work Email") == "user1@mail.example.org")
    #expect(person.address(of: "Mobile Phone") == "+442079461001")
    #expect(world.link(1)?.personID == person.id)
    #expect(world.link(1)?.condition == .active)
    #expect(world.escrow(1) == nil)
    let entry = try #require(world.state.entries.last)
    #expect(entry.action == .create && entry.status == .success)
    #expect(entry.targetID == TargetID(person.id) && entry.targetName == "user1@example.org")
  }

  @Test("Given nothing differs, nothing is written and xMatters is not even read")
  func unchanged() async throws {
    var world = World()
    _ = try await world.provisioned(.sample(1))
    world.removals = .planOnly
    let reads = world.faults.calls(.person) + world.faults.calls(.people)
    let entries = world.state.entries.count
    let report = try await world.run(1)
    #expect(report.skip == .redundantExport)
    #expect(world.target.writes.isEmpty)
    #expect(world.faults.calls(.person) + world.faults.calls(.people) == reads)
    #expect(world.state.entries.count == entries)
  }

  @Test("Given a changed attribute, only that is written")
  func update() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.directory.change(.sample(1)) { $0.attributes["surname"] = .text("Keita") }
    let report = try await world.run(1)
    #expect(report.entry?.action == .update)
    #expect(
      world.target.writes == [
        .init(.modify, person.id, [.lastName: .text("Keita")])
      ])
    #expect(
      report.entry?.modifiedProperties == [.init(name: "lastName", oldValue: "Surname1", newValue: "Keita")])
  }

  @Test("Given a changed address, only that device is written, and one without source stays")
  func devices() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.directory.change(.sample(1)) { user in
      user.attributes["mail"] = .text("new@example.org")
      user.attributes["mobilePhone"] = nil
    }
    try await world.run(1)
    #expect(
      world.target.writes == [.init(.modifyDevice, person.id, device: "Work Email")])
    #expect(world.person(of: .sample(1))?.address(of: "Mobile Phone") == "+442079461001")
  }

  @Test("Given a new user principal name, it stays the same person")
  func rename() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.directory.change(.sample(1)) { $0.attributes["userPrincipalName"] = .text("married@example.org") }
    try await world.run(1)
    let renamed = try #require(world.person(of: .sample(1)))
    #expect(renamed.id == person.id)
    #expect(renamed.targetName == "married@example.org")
    #expect(world.link(1)?.targetName == "married@example.org")
    #expect(world.target.people.count == 1)
  }

  @Test("Given a person that was deleted in xMatters, it is made again and linked anew")
  func personGone() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.target.remove(person.id)
    world.directory.change(.sample(1)) { $0.attributes["surname"] = .text("Keita") }
    let report = try await world.run(1)
    let again = try #require(world.person(of: .sample(1)))
    #expect(again.id != person.id)
    #expect(world.link(1)?.personID == again.id)
    #expect(report.isNewlyLinked)
    #expect(report.entry?.action == .create)
  }

  @Test("Given a read of the directory that fails, nothing is concluded", arguments: [Failure.throttled, .unavailable])
  func failedRead(_ failure: Failure) async throws {
    let world = World()
    _ = try await world.provisioned(.sample(1))
    world.faults.plan(.user, .refused(failure))
    let report = try await world.run(1)
    #expect(report.failure == failure)
    #expect(world.target.writes.isEmpty)
    #expect(world.link(1)?.condition == .active)
    #expect(world.escrow(1)?.attempts == 1)
    try await world.run(1)
    #expect(world.escrow(1) == nil, "the next success clears it")
  }

  @Test("Given that assignments were never read to the end, no person is removed")
  func scopeUnknown() async throws {
    let world = World()
    _ = try await world.provisioned(.sample(1))
    let fresh = World()
    fresh.state.put(Link(objectID: .sample(1), personID: PersonID("p1")))
    let report = try await fresh.provisioner.run(.sample(1), cycleID: nil, removals: .planOnly)
    #expect(report.failure?.remedy == .retry(after: nil))
    #expect(fresh.link(1)?.condition == .active)
  }

  @Test("Given failures one after another, the escrow counts them and keeps the first")
  func escrow() async throws {
    let world = World()
    world.hire(.sample(1))
    for attempt in 1...3 {
      world.faults.plan(.create, .unavailable)
      world.clock.advance(by: .seconds(60))
      try await world.run(1)
      #expect(world.escrow(1)?.attempts == attempt)
    }
    #expect(world.escrow(1)?.firstFailure == FixedClock.start + .seconds(60))
    #expect(world.escrow(1)?.lastAttempt == FixedClock.start + .seconds(180))
    #expect(world.state.entries.last?.status == .failure)
  }

  @Test("Given a state that cannot be written, the run fails as a whole")
  func stateFails() async throws {
    let world = World()
    world.hire(.sample(1))
    world.faults.plan(.record, .unavailable)
    await #expect(throws: Failure.unavailable) { try await world.run(1) }
    // The next run finds what that one made.
    try await world.run(1)
    #expect(world.target.people.count == 1)
    #expect(world.link(1) != nil)
  }

  @Test("Given a device that fails after the create, the next run carries on with the same person")
  func deviceFails() async throws {
    let world = World()
    world.hire(.sample(1))
    world.faults.plan(.createDevice, .unavailable)
    let report = try await world.run(1)
    #expect(report.failure != nil && report.isNewlyLinked)
    let person = try #require(world.person(of: .sample(1)))
    #expect(person.devices.isEmpty)
    #expect(world.link(1)?.personID == person.id)

    let next = try await world.run(1)
    #expect(next.failure == nil && !next.isNewlyLinked)
    #expect(world.person(of: .sample(1))?.devices.count == 2)
    #expect(world.target.people.count == 1)
    #expect(world.faults.calls(.create) == 1)
  }

  @Test("Given a role or site that was made a moment ago, the names are read anew before giving up")
  func freshCatalogue() async throws {
    let world = World(mapping: .sample(defaultRoles: ["Night Watch"]))
    world.hire(.sample(1))
    let failed = try await world.run(1)
    #expect(failed.failure?.code == .schemaAttributeNotFound)
    #expect(world.faults.calls(.catalogue) == 2)
    #expect(world.target.people.isEmpty)
    world.target.changeCatalogue { $0.roles.insert("Night Watch") }
    #expect(try await world.run(1).failure == nil)
  }
}
