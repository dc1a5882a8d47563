import ProvisioningModel
import Simulators
import Testing
import XMatters

/// What people are called, and what belongs to them, through HTTP to the simulator and back.
@Suite("Difficult values, over real HTTP")
struct DifficultValuesTests {
  @Test(
    "A name is written, found by every way there is, and deleted",
    arguments: [
      "ada@home.example", "o'neil+ops@example.org", "a|b/c%d e@example.org", "a%2Fb@example.org",
      "a?b=c&d#e@example.org",
      "x@example.org,y@example.org", "مريم@example.org", "🚀👩‍🚀@example.org", "e\u{301}@example.org",
      "ada_home.example#EXT#@tenant.example", "..", "\"quoted\" \\ name", String(repeating: "n", count: 100),
    ])
  func name(_ name: String) async throws {
    try await TargetRig.with { rig in
      let created = try await rig.create(
        name, [.firstName: .text("🧑‍🚀 \(name.suffix(20))"), .lastName: .text("الأحمد"), .webLogin: .text(name)])
      let person = try await rig.read(created.id)
      #expect(person.targetName == name)
      #expect(person.attributes[.lastName] == .text("الأحمد"))
      for attribute in [TargetAttribute.targetName, .webLogin] {
        let found = try await rig.target.people(where: attribute, equals: name)
        #expect(found.map(\.id) == [created.id], "\(attribute)")
        let others = try await rig.target.people(where: attribute, equals: name + "x")
        #expect(others.isEmpty)
      }
      var listed: [String] = []
      try await rig.target.forEachPerson { person throws(Failure) in listed.append(person.targetName ?? "") }
      #expect(listed.contains(name))
      let wasThere = try await rig.target.delete(created.id)
      #expect(wasThere)
    }
  }

  @Test("A change of letter case alone is written, and both spellings find the person")
  func letterCase() async throws {
    try await TargetRig.with { rig in
      let created = try await rig.create("ada@example.org")
      try await rig.target.modify(created.id, [.targetName: .text("ADA@example.org")], externalKey: TargetRig.key)
      #expect(try await rig.read(created.id).targetName == "ADA@example.org")
      for name in ["ada@example.org", "ADA@example.org", "Ada@Example.org"] {
        let found = try await rig.target.people(where: .targetName, equals: name)
        #expect(found.map(\.id) == [created.id], "\(name)")
      }
    }
  }

  @Test("A name that is too long is refused for good, and its text is told nowhere")
  func tooLong() async throws {
    try await TargetRig.with { rig in
      let name = String(repeating: "n", count: 101)
      do throws(Failure) {
        _ = try await rig.create(name)
        Issue.record("it was taken")
      } catch {
        #expect(error.remedy == .escrow && error.code == .badRequest)
        #expect(!"\(error)".contains("nnn"))
      }
    }
  }

  @Test("Very long values of other attributes go through unharmed")
  func long() async throws {
    try await TargetRig.with { rig in
      let long = String(repeating: "長🚀", count: 20_000)
      let created = try await rig.create("ada", [.property("Notes"): .text(long)])
      #expect(try await rig.read(created.id).attributes[.property("Notes")] == .text(long))
    }
  }

  @Test("Properties of every type are written, read and cleared; those that are not named stay")
  func properties() async throws {
    try await TargetRig.with { rig in
      let values: [TargetAttribute: TargetValue] = [
        .property("Cost Center"): .text("CC|1/2 %"), .property("On Call"): .boolean(true),
        .property("Level"): .number(7), .property("Share"): .number(0.25),
        .property("Skills"): .list(["a,b", "c"]), .property("Huge"): .number(1e300),
      ]
      let created = try await rig.create("ada", values)
      let person = try await rig.read(created.id)
      for (attribute, value) in values { #expect(person.attributes[attribute] == value, "\(attribute)") }
      try await rig.target.modify(
        created.id, [.property("Skills"): .null, .property("Level"): .number(8)], externalKey: TargetRig.key)
      let changed = try await rig.read(created.id)
      #expect(changed.attributes[.property("Skills")] == nil)
      #expect(changed.attributes[.property("Level")] == .number(8))
      #expect(changed.attributes[.property("Cost Center")] == .text("CC|1/2 %"))
    }
  }

  @Test("Devices keep their order and delay, and make way for one another")
  func deviceOrder() async throws {
    try await TargetRig.with { rig in
      let owner = try await rig.create("ada").id
      for (name, kind, address) in [
        ("Work Email", DeviceKind.email, "ada+ops@example.org"), ("Mobile Phone", .voice, "+442079460100"),
        ("SMS Phone", .sms, "+442079460100"),
      ] {
        try await rig.target.createDevice(
          named: name, kind: kind, .init(address: address, sequence: 1, delay: 2), owner: owner)
      }
      var devices = try await rig.read(owner).devices
      #expect(devices.map(\.name) == ["SMS Phone", "Mobile Phone", "Work Email"])
      #expect(devices.map(\.sequence) == [1, 2, 3] && devices.allSatisfy { $0.delay == 2 })
      try await rig.target.modifyDevice(devices[2], .init(sequence: 1, delay: 0))
      devices = try await rig.read(owner).devices
      #expect(devices.map(\.name) == ["Work Email", "SMS Phone", "Mobile Phone"])
      #expect(devices.map(\.delay) == [0, 2, 2])
      #expect(devices[0].address == "ada+ops@example.org", "what is not written stays")
      try await rig.target.modifyDevice(devices[0], .init(sequence: 9))
      #expect(try await rig.read(owner).devices.map(\.sequence) == [1, 2, 3])
    }
  }

  @Test("An address that xMatters refuses is a refusal of that device alone")
  func refusedAddress() async throws {
    try await TargetRig.with { rig in
      let owner = try await rig.create("ada").id
      do throws(Failure) {
        try await rig.target.createDevice(named: "Work Email", kind: .email, .init(address: "nobody"), owner: owner)
        Issue.record("it was taken")
      } catch {
        #expect(error.remedy == .escrow && error.code == .badRequest && error.exchange?.route == "/devices")
      }
    }
  }

  @Test("A deleted supervisor supervises no person any more")
  func supervisor() async throws {
    try await TargetRig.with { rig in
      let boss = try await rig.create("boss", key: "entra:b").id
      let ada = try await rig.create("ada", [.supervisors: .list([boss.rawValue])]).id
      #expect(try await rig.read(ada).attributes[.supervisors] == .list([boss.rawValue]))
      _ = try await rig.target.delete(boss)
      #expect(try await rig.read(ada).attributes[.supervisors] == .list([]))
    }
  }
}
