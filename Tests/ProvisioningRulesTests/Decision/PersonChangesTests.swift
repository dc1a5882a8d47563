import TestSupport
import Testing
@testable import ProvisioningModel
@testable import ProvisioningRules

private func person(
  _ attributes: [TargetAttribute: TargetValue] = [:], devices: [Device] = []
) -> Person {
  Person(id: PersonID("p1"), externalKey: nil, attributes: attributes, devices: devices)
}

private func desired(
  _ maintained: [TargetAttribute: TargetValue] = [:], initial: [TargetAttribute: TargetValue] = [:],
  devices: [String: DesiredDevice] = [:]
) -> DesiredPerson {
  DesiredPerson(maintained: maintained, initial: initial, devices: devices, matching: [], warnings: [])
}

private let workEmail = Device(id: "d1", name: "Work Email", kind: .email, address: "ada@example.org")

@Suite("The difference between a person as it is and as it ought to be")
struct PersonChangesTests {
  @Test(
    "Given equal values, nothing is written",
    arguments: [
      (.text("a"), .text("a")), (.list(["a", "b"]), .list(["b", "a"])), (.list(["a", "a"]), .list(["a"])),
      (nil, .null), (.null, .null), (nil, .list([])), (.number(7), .text("7")), (.number(7), .text("7.0")),
      (.boolean(true), .text("True")), (.boolean(false), .text("false")), (.boolean(true), .boolean(true)),
    ] as [(TargetValue?, TargetValue)])
  func equal(_ current: TargetValue?, _ wanted: TargetValue) {
    let attribute = TargetAttribute.property("X")
    let person = person(current.map { [attribute: $0] } ?? [:])
    #expect(PersonChanges.between(person, and: desired([attribute: wanted])).isEmpty)
  }

  @Test(
    "Given different values, the wanted one is written",
    arguments: [
      (.text("a"), .text("b")), (.text("a"), .text("A")), (nil, .text("a")), (.text("a"), .null),
      (.list(["a"]), .list(["a", "b"])), (.list(["a", "b"]), .list(["a"])), (.list(["a"]), .list([])),
      (.number(7), .text("8")), (.boolean(true), .text("False")), (.boolean(true), .boolean(false)),
    ] as [(TargetValue?, TargetValue)])
  func different(_ current: TargetValue?, _ wanted: TargetValue) {
    let attribute = TargetAttribute.property("X")
    let changes = PersonChanges.between(
      person(current.map { [attribute: $0] } ?? [:]), and: desired([attribute: wanted]))
    #expect(changes.attributes == [attribute: wanted])
  }

  @Test("Given what no mapping maintains, it is left alone")
  func unmanaged() {
    let person = person(
      [.firstName: .text("Ada"), .phoneLogin: .text("42"), .property("Hobby"): .text("chess")],
      devices: [workEmail, Device(id: "d2", name: "Pager", kind: .other, address: "1")])
    let changes = PersonChanges.between(
      person, and: desired([.firstName: .text("Ada")], initial: [.language: .text("en"), .phoneLogin: .text("1")]))
    #expect(changes.isEmpty)
  }

  @Test("Given a new person, it is created with everything but what is to be cleared, devices follow")
  func creation() {
    var wanted = desired(
      [.firstName: .text("Ada"), .property("X"): .null], initial: [.language: .text("en"), .property("Y"): .text("y")],
      devices: [
        "Work Email": DesiredDevice(kind: .email, address: "a@example.org"),
        "Home Email": DesiredDevice(kind: .email, address: nil),
      ])
    wanted.initialDevices = ["SMS Phone": DesiredDevice(kind: .sms, address: "+15550101234")]
    let changes = PersonChanges.creation(of: wanted)
    #expect(
      changes.attributes == [.firstName: .text("Ada"), .language: .text("en"), .property("Y"): .text("y")])
    #expect(
      changes.devices == [
        .create(name: "SMS Phone", kind: .sms, .init(address: "+15550101234")),
        .create(name: "Work Email", kind: .email, .init(address: "a@example.org")),
      ])
  }

  @Test("Given devices, each is made, changed, taken away or left as it is")
  func devices() {
    let existing = [
      workEmail, Device(id: "d2", name: "Mobile Phone", kind: .voice, address: "+15550101234"),
      Device(id: "d3", name: "Home Email", kind: .email, address: "home@example.org"),
    ]
    let changes = PersonChanges.between(
      person(devices: existing),
      and: desired(devices: [
        "Work Email": DesiredDevice(kind: .email, address: "ada@example.org"),
        "Mobile Phone": DesiredDevice(kind: .voice, address: "+15550109999"),
        "Home Email": DesiredDevice(kind: .email, address: nil),
        "Work Phone": DesiredDevice(kind: .voice, address: "+15550105555"),
        "SMS Phone": DesiredDevice(kind: .sms, address: nil),
      ]))
    #expect(
      changes.devices == [
        .delete(existing[2]), .modify(existing[1], .init(address: "+15550109999")),
        .create(name: "Work Phone", kind: .voice, .init(address: "+15550105555")),
      ])
    #expect(changes.attributes.isEmpty)
  }

  @Test("Given a default that stands in for a null which would clear, it stays; anything else is cleared")
  func standIn() {
    let desired = DesiredPerson(
      maintained: [.phoneLogin: .null], initial: [.phoneLogin: .text("1")],
      devices: ["Work Email": DesiredDevice(kind: .email, address: nil)],
      initialDevices: ["Work Email": DesiredDevice(kind: .email, address: "desk@example.org")], matching: [],
      warnings: [])
    let desk = Device(id: "d", name: "Work Email", kind: .email, address: "desk@example.org")
    var standing = person([.phoneLogin: .text("1")])
    standing.devices = [desk]
    #expect(PersonChanges.between(standing, and: desired).isEmpty)
    var other = person([.phoneLogin: .text("2")])
    other.devices = [workEmail]
    let changes = PersonChanges.between(other, and: desired)
    #expect(changes.attributes == [.phoneLogin: .null] && changes.devices == [.delete(workEmail)])
  }

  @Test("Given changes, the log shows old and new, and hides what is redacted")
  func modifiedProperties() {
    let changes = PersonChanges(
      attributes: [.firstName: .text("Ada"), .phoneLogin: .null, .roles: .list(["a", "b"])],
      devices: [
        .modify(workEmail, .init(address: "new@example.org", sequence: 2, delay: 5)),
        .create(name: "SMS Phone", kind: .sms, .init(address: "+1")),
      ])
    let properties = changes.modifiedProperties(
      from: person([.firstName: .text("Eda"), .phoneLogin: .text("42")]),
      redacting: [.phoneLogin, .device("Work Email"), .device("SMS Phone")])
    #expect(
      properties == [
        .init(name: "devices.SMS Phone", oldValue: nil, newValue: "[Redact]"),
        .init(name: "devices.Work Email", oldValue: "[Redact]", newValue: "[Redact]"),
        .init(name: "devices.Work Email.delay", oldValue: nil, newValue: "5"),
        .init(name: "devices.Work Email.sequence", oldValue: nil, newValue: "2"),
        .init(name: "firstName", oldValue: "Eda", newValue: "Ada"),
        .init(name: "phoneLogin", oldValue: "[Redact]", newValue: nil),
        .init(name: "roles", oldValue: nil, newValue: "a, b"),
      ])
  }
}
