import TestSupport
import Testing
@testable import ProvisioningModel
@testable import ProvisioningRules
@testable import Reconciler

@Suite("Who fits into a row of a file")
struct NewPersonTests {
  private func newPerson(
    _ mappings: [AttributeMapping] = AttributeMapping.defaults, changing: [String: AttributeValue?] = [:]
  ) throws -> NewPerson? {
    let desired = try DesiredPersonBuilder.desired(
      SourceAttributes(user: .sample(1, changing: changing), appRoles: [], isSoftDeleted: false),
      policy: .sample(mappings),
      surroundings: .init(catalogue: .sample, supervisor: nil, now: FixedClock.start))
    return NewPerson(desired, catalogue: .sample)
  }

  @Test("names, site by its name, roles and devices, each by the mappings and their defaults")
  func row() throws {
    let person = try newPerson()
    #expect(
      person
        == NewPerson(
          targetName: "user1@example.org", firstName: "Given1", lastName: "Surname1", site: "Default Site",
          roles: ["Standard User"],
          devices: [
            .init(name: "Mobile Phone", address: "+442079461001"),
            .init(name: "Work Email", address: "user1@mail.example.org"),
          ]))
  }

  @Test("devices stand in the order in which they are tried")
  func order() throws {
    let mappings = AttributeMapping.defaults(
      replacing: .sample("devices.Work Email", "[mail]", sequence: 1),
      .sample("devices.Mobile Phone", "[mobilePhone]", sequence: 2))
    #expect(try newPerson(mappings)?.devices.map(\.name) == ["Work Email", "Mobile Phone"])
  }

  @Test("a device that the user has no address for is in no row, rather than a blank cell")
  func missingDevice() throws {
    #expect(try newPerson(changing: ["mobilePhone": nil])?.devices.map(\.name) == ["Work Email"])
  }

  @Test(
    "who is better made one by one",
    arguments: [
      ("no device", [:], ["mail": nil, "mobilePhone": nil]),
      ("a bar in a name", [:], ["surname": .text("A|B")]),
      ("a line end in a name", [:], ["surname": .text("A\nB")]),
      ("a name of blanks", [:], ["surname": .text(" ")]),
      ("inactive", ["status": #""INACTIVE""#], [:]),
      ("a licence", ["licenseType": #""STAKEHOLDER_USER""#], [:]),
    ] as [(String, [String: String], [String: AttributeValue?])])
  func oneByOne(_ why: String, mapped: [String: String], changing: [String: AttributeValue?]) throws {
    var mappings = AttributeMapping.defaults.filter { mapped[$0.target.description] == nil }
    mappings += mapped.map { .sample($0.key, $0.value) }
    #expect(try newPerson(mappings, changing: changing) == nil, "\(why)")
  }

  @Test("a device with a delay, and matching by something else than the target name, are for one by one, too")
  func mappings() throws {
    let delayed = AttributeMapping.defaults(replacing: .sample("devices.Work Email", "[mail]", delay: 5))
    #expect(try newPerson(delayed) == nil)
    let byLogin = AttributeMapping.defaults(
      replacing: .sample("targetName", "[userPrincipalName]"), .sample("webLogin", "[mail]", matching: 1))
    #expect(try newPerson(byLogin) == nil)
  }

  @Test("files help with adopted people who have devices, and with no value that has to be looked for")
  func use() {
    func isOfUse(_ mappings: [AttributeMapping], _ ownership: OwnershipPolicy = .adopt) -> Bool {
      BulkLane.isOfUse(ProvisioningPolicy(mapping: .sample(mappings), ownership: ownership, fingerprint: 1))
    }
    #expect(isOfUse(AttributeMapping.defaults))
    #expect(!isOfUse(AttributeMapping.defaults, .strict))
    #expect(!isOfUse(AttributeMapping.defaults.filter { !$0.target.description.hasPrefix("devices.") }))
    #expect(
      !isOfUse(AttributeMapping.defaults + [.sample("phoneLogin", #"SelectUniqueValue([surname], [givenName])"#)]))
  }
}
