import Reconciler
import PhoneNumbers
import ProvisioningRules
import ProvisioningModel
import Service
import Testing

@Suite("The configuration of mappings")
struct MappingConfigurationTests {
  private static let start = """
    mappings:
      users:
        - {target: targetName, source: "[userPrincipalName]", matching: 1}
        - {target: firstName, source: "[givenName]"}
        - {target: lastName, source: "[surname]"}

    """

  private func load(_ mapping: String, environment: [String: String] = [:]) throws -> LoadedSettings {
    try SampleConfiguration.load(Self.start + "    - {\(mapping)}\n", environment: environment)
  }

  private func problems(_ mapping: String, environment: [String: String] = [:]) -> [ConfigurationProblem] {
    SampleConfiguration.problems(Self.start + "    - {\(mapping)}\n", environment: environment)
  }

  @Test("Everything that a mapping may say is read")
  func everything() throws {
    let mapping = try #require(
      try load(
        #"target: devices.Mobile Phone, source: "[mobilePhone]", default: "+15550101234", apply: onCreate, flowNull: true, log: redact, sequence: 2, delay: 5m"#
      ).settings.policy.mapping.mappings.last)
    #expect(mapping.target == .device("Mobile Phone") && mapping.defaultValue == "+15550101234")
    #expect(mapping.apply == .onCreate && mapping.flowsNull && mapping.isRedacted)
    #expect(mapping.sequence == 2 && mapping.delay == 5)
  }

  @Test(
    "Each of these is an error at its key",
    arguments: [
      (#"target: devices.A, source: "[mail]", delay: 90s"#, "mappings.users[3].delay", "whole minutes"),
      (#"target: devices.A, source: "[mail]", delay: soon"#, "mappings.users[3].delay", "whole minutes"),
      (#"target: devices.A, source: "[mail]", sequence: 0"#, "mappings.users[3].sequence", "whole number"),
      (#"target: timezone, source: "[city]", sequence: 1"#, "mappings.users[3].sequence", "devices"),
      (#"target: timezone, source: "[city]", delay: 1m"#, "mappings.users[3].delay", "devices"),
      (#"target: timezone, source: "[citi]""#, "mappings.users[3].source", "did you mean 'city'"),
      (#"target: timezone, source: "[city]", apply: never"#, "mappings.users[3].apply", "always or onCreate"),
      (#"target: timezone, source: "[city]", log: hide"#, "mappings.users[3].log", "redact"),
      (#"target: timezone, source: "[city]", matching: 2"#, "mappings.users[3].matching", "targetName"),
      (
        #"target: webLogin, source: "SelectUniqueValue([mail], [city])", matching: 2"#, "mappings.users[3].source",
        "Unique"
      ),
      (#"target: timezone, source: "SelectUniqueValue([mail], [city])""#, "mappings.users[3].source", "Unique"),
      (#"target: lastName, source: "[displayName]""#, "mappings.users", "more than once"),
      (#"target: adress, source: "[city]""#, "mappings.users[3].target", "not an attribute"),
      // The target's primary key must not be mapped (docs/reference/entra-provisioning.md, "Attribute mappings").
      (#"target: id, source: "[objectId]""#, "mappings.users[3].target", "not an attribute"),
      (#"target: timezone, source: "[city]", matching: 0"#, "mappings.users[3].matching", "whole number"),
    ])
  func mistakes(_ mapping: String, _ key: String, _ words: String) {
    let found = problems(mapping)
    #expect(found.contains { $0.key == key && $0.message.contains(words) }, "\(found)")
    #expect(found.count == 1, "\(found)")
  }

  @Test(
    // docs/reference/entra-provisioning.md, "Attribute mappings".
    "A required target cannot have its mapping removed",
    arguments: ["targetName", "firstName", "lastName"])
  func required(_ target: String) {
    let others = Self.start.split(separator: "\n").filter { !$0.contains("target: \(target),") }
    let found = SampleConfiguration.problems(
      others.joined(separator: "\n") + "\n    - {target: webLogin, source: \"[mail]\", matching: 2}\n")
    #expect(found.map(\.message) == ["\(target) must be mapped: xMatters requires it"])
  }

  @Test("Two devices cannot have one place")
  func samePlace() {
    let found = problems(
      #"target: devices.A, source: "[mail]", sequence: 1}"# + "\n    - "
        + #"{target: devices.B, source: "[mail]", sequence: 1"#)
    #expect(found.count == 1 && found[0].message.contains("sequence: 1"))
  }

  @Test("What works here but may not do what was meant is a warning")
  func warnings() throws {
    for (mapping, words) in [
      (#"target: timezone, source: "[city]", flowNull: true"#, "does nothing"),
      (#"target: timezone, source: "[ownAttribute]""#, "not known"),
      (#"target: timezone, source: "IIF([city]=\"\", [state], [city])""#, "Entra"),
    ] {
      let warnings = try load(mapping).warnings
      #expect(warnings.count == 1 && warnings[0].message.contains(words), "\(warnings)")
    }
    #expect(try load(#"target: timezone, source: "[extension_0123_zone]""#).warnings.isEmpty)
  }

  @Test("The default country and missing sites are off unless they are set, and change the fingerprint")
  func countryAndSites() throws {
    let plain = try load(#"target: timezone, source: "[city]""#).settings.policy
    #expect(plain.mapping.home == nil && !plain.mapping.createsMissingSites)
    let set = try load(
      #"target: timezone, source: "[city]""#,
      environment: ["ROLLCALL_XMATTERS_DEFAULT_COUNTRY": "gb", "ROLLCALL_XMATTERS_CREATE_MISSING_SITES": "true"]
    ).settings.policy
    #expect(set.mapping.home?.code == "GB" && set.mapping.createsMissingSites)
    #expect(plain.fingerprint != set.fingerprint)
    let found = problems(
      #"target: timezone, source: "[city]""#, environment: ["ROLLCALL_XMATTERS_DEFAULT_COUNTRY": "Atlantis"])
    #expect(found.count == 1 && found[0].key == "xmatters.defaultCountry" && found[0].message.contains("GB"))
  }
}
