import Expressions
import TestSupport
import Testing
@testable import ProvisioningModel
@testable import ProvisioningRules

private func desired(
  _ changing: [String: AttributeValue?] = [:], manager: Int? = nil, with mapping: AttributeMapping,
  home: String? = nil, isLinked: Bool = false
) throws(Failure) -> DesiredPerson {
  try DesiredPersonBuilder.desired(
    SourceAttributes(user: .sample(1, manager: manager, changing: changing), appRoles: [], isSoftDeleted: false),
    policy: .sample(AttributeMapping.defaults(replacing: mapping), home: home),
    surroundings: .init(catalogue: .sample, supervisor: nil, now: FixedClock.start, isLinked: isLinked))
}

private func refusal(
  _ changing: [String: AttributeValue?] = [:], with mapping: AttributeMapping
) -> Failure? {
  do throws(Failure) {
    _ = try desired(changing, with: mapping)
    return nil
  } catch {
    return error
  }
}

@Suite("Values as xMatters wants them")
struct TargetValueTests {
  @Test(
    "Given a language in any spelling, it is written as xMatters spells it",
    arguments: [
      ("pt-BR", "pt_BR"), ("pt-br", "pt_BR"), ("EN", "en"), ("en_us", "en_US"), ("zh-CN", "zh_CN"),
      ("zh-Hans-CN", "zh_Hans_CN"), ("de", "de"),
    ])
  func language(_ code: String, _ written: String) throws {
    let person = try desired(
      ["preferredLanguage": .text(code)], with: .sample("language", "[preferredLanguage]"))
    #expect(person.maintained[.language] == .text(written))
  }

  @Test(
    "Given a licence or a status, it is one that xMatters knows, or the person fails with its name",
    arguments: [
      ("licenseType", "full user", "FULL_USER"), ("licenseType", "STAKEHOLDER_USER", "STAKEHOLDER_USER"),
      ("licenseType", "premium", nil), ("status", "active", "ACTIVE"), ("status", "Inactive", "INACTIVE"),
      ("status", "True", nil),
    ] as [(String, String, String?)])
  func codes(_ target: String, _ value: String, _ written: String?) throws {
    let mapping = AttributeMapping.sample(target, "[jobTitle]")
    guard let written else {
      let failure = try #require(refusal(["jobTitle": .text(value)], with: mapping))
      #expect(failure.remedy == .escrow && failure.reason.contains(value) && failure.reason.contains(target))
      return
    }
    let attribute = try #require(TargetAttribute(target))
    #expect(try desired(["jobTitle": .text(value)], with: mapping).maintained[attribute] == .text(written))
  }

  @Test(
    "Given a name that is too long for xMatters, the person fails, and the name is not told", arguments: [100, 101])
  func long(_ length: Int) {
    let name = String(repeating: "é", count: length)
    for target in ["targetName", "webLogin"] {
      let failure = refusal(["jobTitle": .text(name)], with: .sample(target, "[jobTitle]", matching: 2))
      #expect((failure == nil) == (length == 100))
      #expect(failure.map { $0.reason.contains(target) && !$0.reason.contains("éé") } != false)
    }
  }

  @Test("Given several values for an attribute that holds one, the person fails; one is taken, none is null")
  func multiValued() throws {
    let mapping = AttributeMapping.sample("phoneLogin", "[otherMails]", flowsNull: true)
    let failure = try #require(refusal(["otherMails": .texts(["1", "2"])], with: mapping))
    #expect(failure.code == .severalValues && failure.remedy == .escrow)
    #expect(try desired(["otherMails": .texts(["1"])], with: mapping).maintained[.phoneLogin] == .text("1"))
    #expect(try desired(["otherMails": .texts([])], with: mapping).maintained[.phoneLogin] == .null)
  }

  @Test("Given several values for a device, it is left as it is with a warning; one is taken")
  func multiValuedDevice() throws {
    let mapping = AttributeMapping.sample("devices.Work Phone", "[businessPhones]")
    let several = try desired(["businessPhones": .texts(["+15550101234", "+15550101235"])], with: mapping)
    #expect(several.devices["Work Phone"] == nil && several.warnings.count == 1)
    let one = try desired(["businessPhones": .texts(["+15550101234"])], with: mapping)
    #expect(one.devices["Work Phone"]?.address == "+15550101234")
  }

  @Test("Given an empty text, it is null: cleared with flowNull, left alone without")
  func empty() throws {
    let clears = try desired(["jobTitle": .text("")], with: .sample("properties.Title", "[jobTitle]", flowsNull: true))
    #expect(clears.maintained[.property("Title")] == .null)
    let leaves = try desired(["jobTitle": .text("")], with: .sample("properties.Title", "[jobTitle]"))
    #expect(leaves.maintained[.property("Title")] == nil)
  }

  @Test(
    "Given flowNull for what every person in xMatters has, nothing is cleared",
    arguments: ["site", "language", "timezone", "licenseType", "status", "webLogin"])
  func mandatory(_ target: String) throws {
    let attribute = try #require(TargetAttribute(target))
    let person = try desired(["jobTitle": nil], with: .sample(target, "[jobTitle]", flowsNull: true))
    #expect(person.maintained[attribute] == nil)
  }

  @Test("Given flowNull and apply onCreate, nothing is ever cleared: both gates must be open")
  func gates() throws {
    for (flowsNull, apply, clears) in [
      (true, AttributeMapping.Apply.always, true), (true, .onCreate, false), (false, .always, false),
    ] {
      let person = try desired(
        ["jobTitle": nil], with: .sample("phoneLogin", "[jobTitle]", apply: apply, flowsNull: flowsNull))
      #expect((person.maintained[.phoneLogin] == .null) == clears)
    }
  }

  @Test("Given a device name of a type that holds no address of ours, it is left out with a warning")
  func otherDevice() throws {
    let person = try desired(with: .sample("devices.Pager", "[mail]"))
    #expect(person.devices["Pager"] == nil && person.warnings.count == 1)
  }

  @Test("Given a default country, a number written at home is completed, and one that cannot be names the country")
  func home() throws {
    let mapping = AttributeMapping.sample("devices.Mobile Phone", "[mobilePhone]")
    let completed = try desired(["mobilePhone": .text("07700 900123")], with: mapping, home: "GB")
    #expect(completed.devices["Mobile Phone"]?.address == "+447700900123")
    let short = try desired(["mobilePhone": .text("900123")], with: mapping, home: "GB")
    #expect(short.devices["Mobile Phone"] == nil)
    #expect(short.warnings.count == 1 && short.warnings[0].contains("GB") && !short.warnings[0].contains("900123"))
  }

  @Test("Given a number that cannot be told for certain, no device is made or cleared; a warning has no number")
  func uncertainNumber() throws {
    let mapping = AttributeMapping.sample("devices.Mobile Phone", "[mobilePhone]", flowsNull: true)
    for text in ["+1 212 555 0100/0101", "020 7946 1000", "call me"] {
      let person = try desired(["mobilePhone": .text(text)], with: mapping)
      #expect(person.devices["Mobile Phone"] == nil && person.initialDevices["Mobile Phone"] == nil)
      #expect(person.warnings.count == 1 && !person.warnings[0].contains(text))
    }
  }

  @Test("Given a number that its country's plan lacks, it is taken with a warning")
  func unknownNumber() throws {
    let mapping = AttributeMapping.sample("devices.Mobile Phone", "[mobilePhone]")
    let person = try desired(["mobilePhone": .text("+1 555 010 1234")], with: mapping)
    #expect(person.devices["Mobile Phone"]?.address == "+15550101234" && person.warnings.count == 1)
  }

  @Test("Given a fixed line, it is no SMS device, but a voice device")
  func fixedLine() throws {
    for (name, isTaken) in [("SMS Phone", false), ("Mobile Phone", true)] {
      let person = try desired(
        ["mobilePhone": .text("+44 20 7946 1000")], with: .sample("devices.\(name)", "[mobilePhone]"))
      #expect((person.devices[name] != nil) == isTaken && person.warnings.isEmpty == isTaken)
    }
  }

  @Test("Given order and delay of a device, they are part of what is wanted, and of its digest")
  func deviceOrder() throws {
    let plain = try desired(with: .sample("devices.Work Email", "[mail]"))
    let ordered = try desired(with: .sample("devices.Work Email", "[mail]", sequence: 2, delay: 5))
    #expect(
      ordered.devices["Work Email"]
        == DesiredDevice(kind: .email, address: "user1@mail.example.org", sequence: 2, delay: 5))
    #expect(plain.digest != ordered.digest)
  }

  @Test("Given users who are their own managers, they are without a supervisor")
  func ownManager() throws {
    let person = try desired(manager: 1, with: .sample("supervisors", "[manager]"))
    #expect(person.maintained[.supervisors] == nil && person.pendingSupervisor == nil)
    #expect(person.initial[.supervisors] == .list([]) && person.warnings.count == 1)
  }

  @Test("Given a user who is linked, no matching value is needed")
  func linkedWithoutMatch() throws {
    let mappings = AttributeMapping.defaults(
      replacing: .sample("targetName", "[userPrincipalName]"), .sample("webLogin", "[employeeId]", matching: 1))
    let person = try DesiredPersonBuilder.desired(
      SourceAttributes(user: .sample(1), appRoles: [], isSoftDeleted: false), policy: .sample(mappings),
      surroundings: .init(catalogue: .sample, supervisor: nil, now: FixedClock.start, isLinked: true))
    #expect(person.matching.isEmpty)
  }

  @Test("What Redact touches is hidden like what the mapping hides")
  func redacted() {
    let policy = MappingPolicy.sample([
      .sample("firstName", "Redact([givenName])"), .sample("lastName", "[surname]", isRedacted: true),
      .sample("webLogin", "[mail]"),
    ])
    #expect(policy.redacted == [.firstName, .lastName])
  }
}
