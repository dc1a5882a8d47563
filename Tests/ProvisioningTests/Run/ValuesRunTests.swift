import Reconciler
import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

@Suite("One run: values that xMatters or the directory make difficult")
struct ValuesRunTests {
  @Test("Given no value to match by, the user is skipped and the log says so; no failure is kept")
  func importSkipped() async throws {
    let world = World(
      mapping: .sample(
        AttributeMapping.defaults(
          replacing: .sample("targetName", "[userPrincipalName]"), .sample("webLogin", "[employeeId]", matching: 1))))
    world.hire(.sample(1))
    let report = try await world.run(1)
    #expect(report.failure == nil && report.skip == .importSkipped)
    #expect(world.target.people.isEmpty && world.escrow(1) == nil)
    let entry = try #require(world.state.entries.last)
    #expect(entry.status == .skipped && entry.failure?.code == .importSkipped)
    #expect(entry.steps.last?.details["errorCode"] == "ImportSkipped")

    world.directory.change(.sample(1)) { $0.attributes["employeeId"] = .text("e1") }
    #expect(try await world.run(1).entry?.action == .create)
    // Once linked, the person is known without it.
    world.directory.change(.sample(1)) {
      $0.attributes["employeeId"] = nil
      $0.attributes["surname"] = .text("Keita")
    }
    #expect(try await world.run(1).failure == nil)
    #expect(world.person(of: .sample(1))?.attributes[.lastName] == .text("Keita"))
  }

  @Test("Given a number that is none, the person is provisioned without the device, with a warning")
  func invalidNumber() async throws {
    let world = World()
    world.hire(.sample(1, changing: ["mobilePhone": .text("ask reception")]))
    let report = try await world.run(1)
    #expect(report.failure == nil)
    #expect(report.entry?.status == .warning)
    let person = try #require(world.person(of: .sample(1)))
    #expect(person.devices.map(\.name) == ["Work Email"])
    #expect(!"\(report)".contains("reception"))
    #expect(try await world.run(1).skip == .redundantExport)
  }

  @Test(
    "Given an address that xMatters refuses, the person is provisioned without the device, and it is tried again later")
  func refusedAddress() async throws {
    let world = World()
    world.target.refuse(address: "user1@mail.example.org")
    world.hire(.sample(1))
    let report = try await world.run(1)
    #expect(report.failure == nil && report.entry?.status == .warning)
    #expect(report.entry?.modifiedProperties.contains { $0.name == "devices.Work Email" } == false)
    #expect(world.person(of: .sample(1))?.devices.map(\.name) == ["Mobile Phone"])
    #expect(world.link(1)?.digest == nil)
    // Its refusal is no change by hand.
    _ = try await world.snapshot.fill(from: world.target, policy: .sample())
    #expect(try await !world.run(1).foundDrift)
    world.directory.change(.sample(1)) { $0.attributes["mail"] = .text("ada@example.org") }
    try await world.run(1)
    #expect(world.person(of: .sample(1))?.address(of: "Work Email") == "ada@example.org")
    #expect(world.link(1)?.digest != nil)
  }

  @Test("Given order and delay, devices come to stand so, unmapped ones make way, and nothing is written twice")
  func deviceOrder() async throws {
    let mapping = MappingPolicy.sample(
      AttributeMapping.defaults(
        replacing: .sample("devices.Work Email", "[mail]", sequence: 2, delay: 5),
        .sample("devices.Mobile Phone", "[mobilePhone]", sequence: 1)))
    let world = World(mapping: mapping)
    world.target.put(
      [.targetName: .text("user1@example.org")],
      devices: [
        Device(id: "p", name: "Pager", kind: .other, address: "1", sequence: 1),
        Device(id: "e", name: "Work Email", kind: .email, address: "user1@mail.example.org", sequence: 2),
      ])
    world.hire(.sample(1))
    #expect(try await world.run(1).failure == nil)
    let devices = try #require(world.person(of: .sample(1))?.devices)
    #expect(devices.map(\.name) == ["Mobile Phone", "Work Email", "Pager"])
    #expect(devices.map(\.delay) == [0, 5, nil])
    _ = world.target.takeWrites()
    _ = try await world.snapshot.fill(from: world.target, policy: mapping)
    #expect(try await world.run(1).skip == .redundantExport)
    #expect(world.target.writes.isEmpty)
  }

  @Test("Given a site that xMatters lacks, it is made once when that is wanted, and its name is told when not")
  func missingSite() async throws {
    let mapping = AttributeMapping.sample("site", "[officeLocation]")
    let strict = World(mapping: .sample(AttributeMapping.defaults(replacing: mapping)))
    strict.hire(.sample(1, changing: ["officeLocation": .text("Harbour | North / 2")]))
    let failure = try #require(try await strict.run(1).failure)
    #expect(failure.remedy == .escrow && failure.reason.contains("Harbour | North / 2"))
    #expect(strict.target.madeSites.isEmpty && strict.target.people.isEmpty)

    let world = World(mapping: .sample(AttributeMapping.defaults(replacing: mapping), createsMissingSites: true))
    for number in 1...2 {
      world.hire(.sample(number, changing: ["officeLocation": .text("Harbour | North / 2")]))
      #expect(try await world.run(number).failure == nil)
    }
    world.hire(.sample(3, changing: ["officeLocation": .text("Harbour")]))
    #expect(try await world.run(3).failure == nil)
    #expect(world.target.madeSites == ["Harbour | North / 2"])
    let site = try #require(try await world.target.catalogue(refreshing: true).siteID("Harbour | North / 2"))
    #expect(world.person(of: .sample(2))?.attributes[.site] == .text(site))
  }

  @Test("Given a default site that xMatters lacks, it is not made: new ones are made like it")
  func missingDefaultSite() async throws {
    let world = World(mapping: .sample(defaultSite: "Nowhere", createsMissingSites: true))
    world.hire(.sample(1))
    #expect(try await world.run(1).failure?.reason.contains("Nowhere") == true)
    #expect(world.target.madeSites.isEmpty)
  }

  @Test("Given SelectUniqueValue, the first value that no other person has is taken, on create only")
  func uniqueValue() async throws {
    let world = World(
      mapping: .sample(
        AttributeMapping.defaults(
          replacing: .sample(
            "targetName",
            #"SelectUniqueValue([mailNickname], Join("", [mailNickname], "2"), Join("", [mailNickname], "3"))"#),
          .sample("webLogin", "[userPrincipalName]", matching: 1))))
    world.target.put([.targetName: .text("ADA"), .webLogin: .text("other@example.org")])
    for number in 1...3 { world.hire(.sample(number, changing: ["mailNickname": .text("ada")])) }
    let first = try await world.run(1)
    #expect(first.failure == nil)
    #expect(world.person(of: .sample(1))?.targetName == "ada2")
    try await world.run(2)
    #expect(world.person(of: .sample(2))?.targetName == "ada3")
    // All are taken.
    let third = try await world.run(3)
    #expect(third.failure?.remedy == .escrow && third.failure?.reason.contains("targetName") == true)
    #expect(world.person(of: .sample(3)) == nil)
    // Nothing is chosen anew for who is there.
    world.directory.change(.sample(1)) { $0.attributes["surname"] = .text("Keita") }
    try await world.run(1)
    #expect(world.person(of: .sample(1))?.targetName == "ada2")
  }

  @Test("Given list properties, they are written, compared whatever their order, changed and cleared")
  func listProperty() async throws {
    let mapping = MappingPolicy.sample(
      AttributeMapping.defaults(replacing: .sample("properties.Skills", "[otherMails]", flowsNull: true)))
    let world = World(mapping: mapping)
    let person = try await world.provisioned(.sample(1, changing: ["otherMails": .texts(["b", "a"])]))
    #expect(person.attributes[.property("Skills")] == .list(["b", "a"]))
    world.target.change(person.id) { $0.attributes[.property("Skills")] = .list(["a", "b"]) }
    _ = try await world.snapshot.fill(from: world.target, policy: mapping)
    #expect(try await world.run(1).skip == .redundantExport)
    world.directory.change(.sample(1)) { $0.attributes["otherMails"] = .texts(["a"]) }
    try await world.run(1)
    world.directory.change(.sample(1)) { $0.attributes["otherMails"] = nil }
    try await world.run(1)
    #expect(
      world.target.writes == [
        .init(.modify, person.id, [.property("Skills"): .list(["a"])]),
        .init(.modify, person.id, [.property("Skills"): .null]),
      ])
    #expect(try await world.run(1).skip == .redundantExport)
  }

  @Test(
    "Names of every kind go there and back unchanged, and a second look finds no difference",
    arguments: [
      "o'neil+ops@example.org", "a|b/c%d e@example.org", "ADA@example.org", "مريم@example.org", "🚀@example.org",
      "e\u{301}@example.org", "x@example.org,y@example.org", "\"quoted\"@example.org",
    ])
  func names(_ name: String) async throws {
    let world = World()
    let person = try await world.provisioned(
      .sample(
        1, changing: ["userPrincipalName": .text(name), "givenName": .text("🧑‍🚀 \(name)"), "surname": .text("الأحمد")]))
    #expect(person.targetName == name && person.attributes[.lastName] == .text("الأحمد"))
    _ = try await world.snapshot.fill(from: world.target, policy: .sample())
    #expect(try await world.run(1).skip == .redundantExport)
    #expect(world.target.writes.isEmpty)
  }

  @Test("Given a change of letter case alone, it is written, to the same person")
  func caseOnly() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    world.directory.change(.sample(1)) { $0.attributes["userPrincipalName"] = .text("USER1@example.org") }
    try await world.run(1)
    #expect(world.person(of: .sample(1))?.id == person.id)
    #expect(world.person(of: .sample(1))?.targetName == "USER1@example.org")
    #expect(try await world.run(1).skip == .redundantExport)
  }
}
