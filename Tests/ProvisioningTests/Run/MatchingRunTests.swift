import Reconciler
import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

/// A person that an administrator made by hand, with the name of user 1.
private let handmade: [TargetAttribute: TargetValue] = [
  .targetName: .text("USER1@example.org"), .webLogin: .text("user1@example.org"), .firstName: .text("Ada"),
  .property("Hobby"): .text("chess"),
]

@Suite("One run: a user in scope who may be in xMatters already")
struct MatchingRunTests {
  @Test("Given an account without an owner, it is adopted: what is mapped is written, the rest is kept")
  func adopt() async throws {
    let world = World()
    let pager = Device(id: "d", name: "Pager", kind: .other, address: "1")
    let id = world.target.put(handmade, devices: [pager])
    world.hire(.sample(1))
    let report = try await world.run(1)
    #expect(report.failure == nil && report.isNewlyLinked)
    #expect(report.entry?.action == .update)
    let person = try #require(world.person(of: .sample(1)))
    #expect(person.id == id && world.target.people.count == 1)
    #expect(person.attributes[.firstName] == .text("Given1"))
    #expect(person.attributes[.property("Hobby")] == .text("chess"))
    #expect(person.attributes[.language] == nil, "written on create only")
    #expect(person.devices.contains { $0.id == "d" && $0.address == "1" })
    #expect(person.address(of: "Work Email") != nil)
  }

  @Test("Given an equal account without an owner, adopting it writes the external key only")
  func adoptEqual() async throws {
    let world = World(mapping: .sample(AttributeMapping.defaults.filter { $0.matching != nil } + names))
    let id = world.target.put([
      .targetName: .text("user1@example.org"), .firstName: .text("Given1"), .lastName: .text("Surname1"),
    ])
    world.hire(.sample(1))
    try await world.run(1)
    #expect(world.target.writes == [.init(.modify, id, [:])])
    #expect(world.person(of: .sample(1))?.id == id)
  }

  private let names: [AttributeMapping] = [
    .sample("firstName", "[givenName]"), .sample("lastName", "[surname]"),
  ]

  @Test("Given strict ownership, such an account is left alone and reported")
  func strict() async throws {
    let world = World(ownership: .strict)
    world.target.put(handmade)
    world.hire(.sample(1))
    let report = try await world.run(1)
    #expect(report.failure?.code == .conflict && report.failure?.remedy == .escrow)
    #expect(world.target.writes.isEmpty)
    #expect(world.link(1) == nil)
    #expect(world.escrow(1) != nil)
  }

  @Test("Given strict ownership and an account with our key, it is ours")
  func strictOwn() async throws {
    let world = World(ownership: .strict)
    let id = world.target.put(handmade, externalKey: "entra:" + ObjectID.sample(1).rawValue)
    world.hire(.sample(1))
    #expect(try await world.run(1).failure == nil)
    #expect(world.link(1)?.personID == id)
  }

  @Test("Given an account with another system's key, it is left alone and reported, whatever the policy")
  func otherSystem() async throws {
    let world = World()
    world.target.put(handmade, externalKey: "XMSYNC_1")
    world.hire(.sample(1))
    let report = try await world.run(1)
    #expect(report.failure?.code == .conflict)
    #expect(world.target.writes.isEmpty)
  }

  @Test("Given an account of another user who is provisioned, it is left to that user")
  func otherUser() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.hire(.sample(2, changing: ["userPrincipalName": .text("user1@example.org")]))
    let report = try await world.run(2)
    #expect(report.failure?.code == .nameInUse && report.failure?.remedy == .escrow)
    #expect(world.target.writes.isEmpty)
    #expect(world.person(of: .sample(1))?.id == person.id)
  }

  @Test("Given an account of a user who left, the new user of the same name does not get it, but waits for the name")
  func formerName() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.target.change(person.id) {
      $0.devices.append(Device(id: "private", name: "Home Phone", kind: .voice, address: "+44 20 7946 0000"))
    }
    world.directory.softDelete(.sample(1))
    try await world.run(1)
    _ = world.target.takeWrites()
    world.hire(.sample(2, changing: ["userPrincipalName": .text("user1@example.org")]))
    let report = try await world.run(2)
    #expect(report.failure?.code == .nameInUse && report.failure?.remedy == .escrow)
    #expect(report.failure?.reason.contains(ObjectID.sample(1).rawValue) == true)
    #expect(world.target.writes.isEmpty && world.link(1)?.condition == .disabled && world.link(2) == nil)
    // A user who comes back gets the old person.
    world.directory.restore(.sample(1))
    try await world.run(1)
    #expect(world.person(of: .sample(1))?.id == person.id)
    #expect(world.person(of: .sample(1))?.attributes[.status] == PersonStatus.active)
  }

  @Test("Given a user who left for good, the new user of the same name gets a person of its own")
  func freedName() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.hire(.sample(2, changing: ["userPrincipalName": .text("user1@example.org")]))
    try await world.run(2)
    world.target.remove(person.id)
    #expect(try await world.run(2).failure == nil)
    let own = try #require(world.person(of: .sample(2)))
    #expect(own.id != person.id && own.targetName == "user1@example.org")
  }

  @Test("Given a person that a run has just made and not recorded yet, another user of the same name leaves it alone")
  func justMade() async throws {
    let world = World()
    let key = "entra:" + ObjectID.sample(1).rawValue
    let id = world.target.put([.targetName: .text("user1@example.org")], externalKey: key)
    world.hire(.sample(2, changing: ["userPrincipalName": .text("user1@example.org")]))
    #expect(try await world.run(2).failure?.code == .nameInUse)
    #expect(world.target.person(known: id)?.externalKey == key && world.link(2) == nil)
  }

  @Test("Given two users that one account without an owner matches, it becomes that of one of them")
  func twoUsers() async throws {
    let mapping = MappingPolicy.sample(
      AttributeMapping.defaults(replacing: .sample("devices.Work Email", "[mail]", matching: 1)))
    let world = World(mapping: mapping)
    let mail = Device(id: "d", name: "Work Email", kind: .email, address: "user1@mail.example.org")
    let id = world.target.put([.targetName: .text("hand")], devices: [mail])
    world.hire(.sample(1))
    world.hire(.sample(2, changing: ["mail": .text("user1@mail.example.org")]))
    try await world.run(1)
    // As one who read the person before it was taken up.
    world.target.change(id) { $0.externalKey = nil }
    #expect(try await world.run(2).failure?.code == .nameInUse)
    #expect(world.link(1)?.personID == id && world.link(1)?.condition == .active && world.link(2) == nil)
  }

  @Test("Given the account that Rollcall signs in with, no user gets it, changes it or takes it away")
  func serviceAccount() async throws {
    let world = World(serviceAccount: "Rollcall")
    let id = world.target.put([.targetName: .text("user1@example.org"), .webLogin: .text("rollcall")])
    world.hire(.sample(1))
    #expect(try await world.run(1).failure?.code == .conflict)
    // Linked by a former version.
    world.state.put(Link(objectID: .sample(1), personID: id))
    world.target.change(id) { $0.externalKey = "entra:" + ObjectID.sample(1).rawValue }
    #expect(try await world.run(1).failure?.code == .conflict)
    world.state.put(Link(objectID: .sample(1), personID: id))
    world.directory.change(.sample(1)) { $0.accountEnabled = false }
    #expect(try await world.run(1).failure == nil)
    #expect(world.target.writes.isEmpty && world.link(1)?.isLost == true)
  }

  @Test("Given two accounts that match, neither is touched")
  func twoMatches() async throws {
    let world = World(
      mapping: .sample(AttributeMapping.defaults(replacing: .sample("devices.Work Email", "[mail]", matching: 1))))
    for number in 1...2 {
      world.target.put(
        [.targetName: .text("hand\(number)")],
        devices: [Device(id: "d\(number)", name: "Work Email", kind: .email, address: "user1@mail.example.org")])
    }
    world.hire(.sample(1))
    let report = try await world.run(1)
    #expect(report.failure?.code == .duplicateTargetEntries)
    #expect(world.target.writes.isEmpty)
  }

  @Test("Given several matching attributes, the first that hits wins")
  func precedence() async throws {
    let world = World(
      mapping: .sample(
        AttributeMapping.defaults(
          replacing: .sample("targetName", "[userPrincipalName]", matching: 2),
          .sample("devices.Work Email", "[mail]", matching: 1))))
    let id = world.target.put(
      [.targetName: .text("ada")],
      devices: [Device(id: "d1", name: "Work Email", kind: .email, address: "User1@mail.example.org")])
    world.hire(.sample(1))
    try await world.run(1)
    #expect(world.link(1)?.personID == id)
    #expect(world.person(of: .sample(1))?.targetName == "user1@example.org")
  }

  @Test("Given a name that turns out to be taken at the create, its holder is looked at like any match")
  func conflictAtCreate() async throws {
    // Matched by mail, so that the holder of the name is only found when xMatters refuses the create.
    let mapping = MappingPolicy.sample(
      AttributeMapping.defaults(
        replacing: .sample("targetName", "[userPrincipalName]"), .sample("devices.Work Email", "[mail]", matching: 1)))
    let free = World(mapping: mapping)
    let id = free.target.put(handmade)
    free.hire(.sample(1))
    #expect(try await free.run(1).failure == nil)
    #expect(free.person(of: .sample(1))?.id == id)

    let owned = World(mapping: mapping)
    owned.target.put(handmade, externalKey: "XMSYNC_1")
    owned.hire(.sample(1))
    #expect(try await owned.run(1).failure?.code == .conflict)
    #expect(owned.target.writes.isEmpty)

    let others = World(mapping: mapping)
    _ = try await others.provisioned(.sample(1))
    others.hire(.sample(2, changing: ["userPrincipalName": .text("user1@example.org")]))
    #expect(try await others.run(2).failure?.code == .nameInUse)
    #expect(others.target.writes.isEmpty)
  }

  @Test("Given an adoption whose answer was lost and a rename after it, it stays the same person")
  func lostAdoption() async throws {
    let world = World()
    let id = world.target.put(handmade)
    world.hire(.sample(1))
    world.faults.plan(.modify, .answerLost)
    #expect(try await world.run(1).failure != nil)
    world.directory.change(.sample(1)) { $0.attributes["userPrincipalName"] = .text("married@example.org") }
    #expect(try await world.run(1).failure == nil)
    #expect(world.person(of: .sample(1))?.id == id && world.target.people.count == 1)
    #expect(world.person(of: .sample(1))?.targetName == "married@example.org")
  }

  @Test("Given an adoption that failed before it was carried out, the next run adopts")
  func failedAdoption() async throws {
    let world = World()
    let id = world.target.put(handmade)
    world.hire(.sample(1))
    world.faults.plan(.modify, .unavailable)
    #expect(try await world.run(1).failure != nil)
    #expect(try await world.run(1).failure == nil)
    #expect(world.person(of: .sample(1))?.id == id)
  }

  @Test("Given a create whose answer was lost, it is looked for and never sent again")
  func lostAnswer() async throws {
    let world = World()
    world.hire(.sample(1))
    world.faults.plan(.create, .answerLost)
    let report = try await world.run(1)
    #expect(report.failure == nil && report.isNewlyLinked)
    #expect(world.target.people.count == 1)
    #expect(world.faults.calls(.create) == 1)
    #expect(world.person(of: .sample(1))?.devices.count == 2)
  }

  @Test("Given a create whose answer was lost, and a look that fails too, the next run finds the person")
  func lostTwice() async throws {
    let world = World()
    world.hire(.sample(1))
    world.faults.plan(.create, .answerLost)
    world.faults.plan(.people, nil, .unavailable)
    #expect(try await world.run(1).failure == .unavailable)
    #expect(world.link(1) == nil)
    #expect(try await world.run(1).failure == nil)
    #expect(world.target.people.count == 1 && world.faults.calls(.create) == 1)
    #expect(world.link(1) != nil && world.escrow(1) == nil)
  }

  @Test("Given a create that was lost on the way, the next run sends it again")
  func lostRequest() async throws {
    let world = World()
    world.hire(.sample(1))
    world.faults.plan(.create, .refused(.answerLost))
    #expect(try await world.run(1).failure?.outcomeIsUnknown == true)
    #expect(world.link(1) == nil)
    #expect(try await world.run(1).failure == nil)
    #expect(world.target.people.count == 1)
  }
}
