import TestSupport
import Testing
@testable import ProvisioningModel
@testable import ProvisioningRules

/// What the mappings make of a user; the sample user 1 with the default mappings unless told otherwise.
private func desired(
  _ user: DirectoryUser = .sample(1), roles: [AppRole] = [], policy: MappingPolicy = .sample(),
  supervisor: String? = nil, isSoftDeleted: Bool = false
) throws(Failure) -> DesiredPerson {
  try DesiredPersonBuilder.desired(
    SourceAttributes(user: user, appRoles: roles, isSoftDeleted: isSoftDeleted), policy: policy,
    surroundings: .init(catalogue: .sample, supervisor: supervisor.map(PersonID.init), now: FixedClock.start))
}

/// The same with one mapping instead of, or on top of, the defaults.
private func desired(
  _ changing: [String: AttributeValue?] = [:], with mapping: AttributeMapping
) throws(Failure) -> DesiredPerson {
  try desired(.sample(1, changing: changing), policy: .sample(AttributeMapping.defaults(replacing: mapping)))
}

private func failure(_ body: () throws(Failure) -> DesiredPerson) -> Failure? {
  do throws(Failure) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}

@Suite("The person that the mappings make of a user")
struct DesiredPersonTests {
  @Suite("with the default mappings")
  struct Defaults {
    @Test("Given a complete user, everything is mapped")
    func complete() throws {
      let person = try desired()
      #expect(
        person.maintained == [
          .targetName: .text("user1@example.org"), .webLogin: .text("user1@example.org"),
          .firstName: .text("Given1"), .lastName: .text("Surname1"), .status: .text("ACTIVE"),
          .roles: .list(["Standard User"]),
        ])
      #expect(
        person.initial == [.language: .text("en"), .site: .text("site-default"), .supervisors: .list([])])
      #expect(
        person.devices == [
          "Work Email": DesiredDevice(kind: .email, address: "user1@mail.example.org"),
          "Mobile Phone": DesiredDevice(kind: .voice, address: "+442079461001"),
        ])
      #expect(person.matching == [MatchingValue(attribute: .targetName, value: "user1@example.org")])
      #expect(person.pendingSupervisor == nil)
      #expect(person.warnings.isEmpty)
    }

    @Test("Given no names but a display name, it stands for both")
    func displayName() throws {
      let person = try desired(.sample(1, changing: ["givenName": nil, "surname": nil]))
      #expect(person.maintained[.firstName] == .text("Given1 Surname1"))
      #expect(person.maintained[.lastName] == .text("Given1 Surname1"))
    }

    @Test("Given nulls, nothing is sent for them: no language, no devices")
    func nulls() throws {
      let person = try desired(
        .sample(1, changing: ["mail": nil, "mobilePhone": nil, "preferredLanguage": nil]))
      #expect(person.devices.isEmpty)
      #expect(person.initial[.language] == nil && person.maintained[.language] == nil)
    }

    @Test("Given a guest, names are the address that was invited")
    func guest() throws {
      let person = try desired(
        .sample(1, changing: ["userPrincipalName": .text("ada_home.example#EXT#@tenant.example")]))
      #expect(person.maintained[.targetName] == .text("ada@home.example"))
      #expect(person.matching.first?.value == "ada@home.example")
    }

    @Test("Given a language code, it is written as xMatters writes it, on create only")
    func language() throws {
      let person = try desired(.sample(1, changing: ["preferredLanguage": .text("pt-BR")]))
      #expect(person.initial[.language] == .text("pt_BR"))
      #expect(person.maintained[.language] == nil)
    }

    @Test("Given app roles, they go through the role map")
    func roles() throws {
      let policy = MappingPolicy.sample(roleMap: [("admin", ["Company Admin", "Standard User"])])
      let person = try desired(roles: Application.sample.roles, policy: policy)
      #expect(person.maintained[.roles] == .list(["Company Admin", "Standard User"]))
    }

    @Test("Given a manager who is provisioned, the person is supervised by the manager's person")
    func supervisor() throws {
      let person = try desired(.sample(1, manager: 2), supervisor: "p2")
      #expect(person.maintained[.supervisors] == .list(["p2"]))
      #expect(person.pendingSupervisor == nil)
    }

    @Test("Given a manager who is not provisioned, there is no supervisor yet, and never the service account")
    func pendingSupervisor() throws {
      let person = try desired(.sample(1, manager: 2))
      #expect(person.maintained[.supervisors] == nil)
      #expect(person.initial[.supervisors] == .list([]))
      #expect(person.pendingSupervisor == .sample(2))
    }

    @Test("Given a number without a country code, the device is left out with a warning that does not show it")
    func invalidPhone() throws {
      let person = try desired(.sample(1, changing: ["mobilePhone": .text("020 7946 1000")]))
      #expect(person.devices["Mobile Phone"] == nil)
      #expect(person.devices["Work Email"] != nil)
      #expect(person.warnings.count == 1)
      #expect(person.warnings.allSatisfy { $0.contains("Mobile Phone") && !$0.contains("7946") })
    }
  }

  @Suite("with other mappings")
  struct Configured {
    @Test("Given a null and a default, the default is written on create only")
    func defaultValue() throws {
      let mapping = AttributeMapping.sample("timezone", "[usageLocation]", defaultValue: "US/Eastern")
      let person = try desired(with: mapping)
      #expect(person.initial[.timezone] == .text("US/Eastern"))
      #expect(person.maintained[.timezone] == nil)
      let other = try desired(["usageLocation": .text("Europe/London")], with: mapping)
      #expect(other.maintained[.timezone] == .text("Europe/London"))
      #expect(other.initial[.timezone] == nil)
    }

    @Test("Given a default, it is brought into shape like any other value")
    func resolvedDefault() throws {
      let site = try desired(with: .sample("site", "[officeLocation]", defaultValue: "Harbour"))
      #expect(site.initial[.site] == .text("site-harbour"))
      let language = try desired(
        ["preferredLanguage": nil], with: .sample("language", "[preferredLanguage]", defaultValue: "en-GB"))
      #expect(language.initial[.language] == .text("en_GB"))
    }

    @Test("Given a default site that xMatters does not have, the person fails")
    func unknownDefaultSite() {
      let failure = failure { () throws(Failure) in
        try desired(with: .sample("site", "[officeLocation]", defaultValue: "Nowhere"))
      }
      #expect(failure?.code == .schemaAttributeNotFound)
    }

    @Test("Given a required value that only its default gives, the person can be created")
    func requiredDefault() throws {
      let person = try desired(
        ["givenName": nil], with: .sample("firstName", "[givenName]", defaultValue: "Unknown"))
      #expect(person.initial[.firstName] == .text("Unknown"))
      #expect(person.maintained[.firstName] == nil)
    }

    @Test("Given apply onCreate, a value is written on create only")
    func onCreate() throws {
      let person = try desired(with: .sample("firstName", "[givenName]", apply: .onCreate))
      #expect(person.initial[.firstName] == .text("Given1"))
      #expect(person.maintained[.firstName] == nil)
    }

    @Test("Given flowNull, a null clears the value; without it, it leaves the value")
    func flowNull() throws {
      let clears = try desired(with: .sample("properties.Cost Center", "[costCenter]", flowsNull: true))
      #expect(clears.maintained[.property("Cost Center")] == .null)
      let leaves = try desired(with: .sample("properties.Cost Center", "[costCenter]"))
      #expect(leaves.maintained[.property("Cost Center")] == nil)
    }

    @Test("Given flowNull, names are never cleared")
    func requiredIsNeverCleared() throws {
      let failure = failure { () throws(Failure) in
        try desired(["givenName": nil], with: .sample("firstName", "[givenName]", flowsNull: true))
      }
      #expect(failure?.code == .mandatoryFieldsMissing)
    }

    @Test("Given a null for a device, it stays, or goes with flowNull, or has its default on create")
    func deviceNull() throws {
      let gone: [String: AttributeValue?] = ["mail": nil]
      let stays = try desired(gone, with: .sample("devices.Work Email", "[mail]"))
      #expect(stays.devices["Work Email"] == nil)
      let goes = try desired(gone, with: .sample("devices.Work Email", "[mail]", flowsNull: true))
      #expect(goes.devices["Work Email"] == DesiredDevice(kind: .email, address: nil))
      let defaulted = try desired(gone, with: .sample("devices.Work Email", "[mail]", defaultValue: "desk@example.org"))
      #expect(defaulted.devices["Work Email"] == nil)
      #expect(defaulted.initialDevices["Work Email"] == DesiredDevice(kind: .email, address: "desk@example.org"))
    }

    @Test("Given apply onCreate for a device, it is written on create only, and a null never takes it away")
    func deviceOnCreate() throws {
      let person = try desired(with: .sample("devices.Work Email", "[mail]", apply: .onCreate))
      #expect(person.devices["Work Email"] == nil)
      #expect(person.initialDevices["Work Email"]?.address == "user1@mail.example.org")
      let null = try desired(
        ["mail": nil], with: .sample("devices.Work Email", "[mail]", apply: .onCreate, flowsNull: true))
      #expect(null.devices["Work Email"] == nil && null.initialDevices["Work Email"] == nil)
    }

    @Test("Given flowNull for supervisors, no manager means no supervisor")
    func supervisorNull() throws {
      let clears = try desired(with: .sample("supervisors", "[manager]", flowsNull: true))
      #expect(clears.maintained[.supervisors] == .list([]))
      #expect(try desired().maintained[.supervisors] == nil)
    }

    @Test(
      "Given a site by name in any letter case, or by id, it is its id",
      arguments: ["Harbour", "HARBOUR", "site-harbour"])
    func site(_ name: String) throws {
      let person = try desired(["officeLocation": .text(name)], with: .sample("site", "[officeLocation]"))
      #expect(person.maintained[.site] == .text("site-harbour"))
      #expect(person.initial[.site] == nil)
    }

    @Test("Given a site that xMatters does not have, the person fails with the site's name")
    func unknownSite() {
      let failure = failure { () throws(Failure) in
        try desired(["officeLocation": .text("Nowhere")], with: .sample("site", "[officeLocation]"))
      }
      #expect(failure?.remedy == .escrow)
      #expect(failure?.code == .schemaAttributeNotFound)
      #expect(failure?.reason.contains("Nowhere") == true)
    }

    @Test("Given a role that xMatters does not have, the person fails with the role's name")
    func unknownRole() {
      let failure = failure { () throws(Failure) in
        try desired(policy: .sample(defaultRoles: ["Standard User", "Emperor"]))
      }
      #expect(failure?.remedy == .escrow)
      #expect(failure?.reason.contains("Emperor") == true)
    }

    @Test("Given a default site that is not configured in xMatters, the person fails")
    func unknownPolicySite() {
      #expect(
        failure { () throws(Failure) in try desired(policy: .sample(defaultSite: "Nowhere")) }?.code
          == .schemaAttributeNotFound)
    }

    @Test("Given a device name that xMatters does not have, the device is left out with a warning")
    func unknownDevice() throws {
      let person = try desired(with: .sample("devices.Carrier Pigeon", "[mail]"))
      #expect(person.devices["Carrier Pigeon"] == nil)
      #expect(person.warnings.count == 1 && person.warnings[0].contains("Carrier Pigeon"))
    }

    @Test(
      "Given several matching attributes, they stand in the order of their precedence, those without value left out")
    func matching() throws {
      let mappings = AttributeMapping.defaults(
        replacing: .sample("targetName", "[userPrincipalName]", matching: 2),
        .sample("webLogin", "[employeeId]", matching: 3), .sample("devices.Work Email", "[mail]", matching: 1))
      let person = try desired(policy: .sample(mappings))
      #expect(
        person.matching == [
          MatchingValue(attribute: .device("Work Email"), value: "user1@mail.example.org"),
          MatchingValue(attribute: .targetName, value: "user1@example.org"),
        ])
    }

    @Test("Given no value for any matching attribute, the user is skipped over")
    func nothingToMatchBy() {
      let mappings = AttributeMapping.defaults(
        replacing: .sample("targetName", "[userPrincipalName]"), .sample("webLogin", "[employeeId]", matching: 1))
      let failure = failure { () throws(Failure) in try desired(policy: .sample(mappings)) }
      #expect(failure?.remedy == .escrow)
      #expect(failure?.code == .importSkipped)
    }

    @Test(
      "Given no value for a required attribute, the person fails with its name", arguments: ["firstName", "lastName"])
    func required(_ target: String) {
      let failure = failure { () throws(Failure) in try desired(with: .sample(target, "[employeeId]")) }
      #expect(failure?.remedy == .escrow)
      #expect(failure?.code == .mandatoryFieldsMissing)
      #expect(failure?.reason.contains(target) == true)
    }

    @Test("Given an expression that fails, an optional value is left as it is with a warning")
    func failingOptional() throws {
      let person = try desired(with: .sample("properties.Since", #"FormatDateTime([mail], , "yyyy", "MM")"#))
      #expect(person.maintained[.property("Since")] == nil)
      #expect(person.warnings.count == 1 && person.warnings[0].contains("properties.Since"))
    }

    @Test("Given an expression that fails for a required or matching value, the person fails")
    func failingRequired() {
      let failing = #"FormatDateTime([mail], , "yyyy", "MM")"#
      for mapping in [AttributeMapping.sample("firstName", failing), .sample("webLogin", failing, matching: 2)] {
        let failure = failure { () throws(Failure) in try desired(with: mapping) }
        #expect(failure?.remedy == .escrow)
        #expect(failure?.code == .missingValues)
      }
    }

    @Test("Given an expression that says skip, nothing is written, on create or later")
    func skip() throws {
      let person = try desired(
        with: .sample(
          "properties.Badge", "IgnoreFlowIfNullOrEmpty([badge])", defaultValue: "none", flowsNull: true))
      #expect(person.initial[.property("Badge")] == nil)
      #expect(person.maintained[.property("Badge")] == nil)
    }

    @Test("Given values of other kinds, properties keep them")
    func kinds() throws {
      let listed = try desired(["tags": .texts(["a", "b"])], with: .sample("properties.Tags", "[tags]"))
      #expect(listed.maintained[.property("Tags")] == .list(["a", "b"]))
      let flagged = try desired(["flag": .boolean(true)], with: .sample("properties.Flag", "[flag]"))
      #expect(flagged.maintained[.property("Flag")] == .boolean(true))
      let counted = try desired(["count": .integer(7)], with: .sample("properties.Count", "[count]"))
      #expect(counted.maintained[.property("Count")] == .number(7))
    }

    @Test("Given an account that left, status follows IsSoftDeleted")
    func inactive() throws {
      #expect(try desired(isSoftDeleted: true).maintained[.status] == PersonStatus.inactive)
    }
  }

  @Suite("as a digest")
  struct Digests {
    @Test("Given equal users, the digests are equal, in this process and in any other")
    func stable() throws {
      #expect(try desired().digest == desired().digest)
      var hash = StableHash()
      hash.combine("a")
      #expect(hash.value == 0x089b_c907_b544_c769)
    }

    @Test(
      "Given a difference in anything that is maintained, the digests differ",
      arguments: ["userPrincipalName", "givenName", "surname", "mail"])
    func differs(_ attribute: String) throws {
      #expect(try desired().digest != desired(.sample(1, changing: [attribute: .text("other")])).digest)
    }

    @Test("Given a difference in what is written on create only, the digests are equal")
    func onCreate() throws {
      #expect(try desired().digest == desired(.sample(1, changing: ["preferredLanguage": .text("fr")])).digest)
    }

    @Test("Given the same roles in another order, the digests are equal")
    func order() throws {
      let one = try desired(policy: .sample(defaultRoles: ["Standard User", "Company Admin"]))
      let other = try desired(policy: .sample(defaultRoles: ["Company Admin", "Standard User"]))
      #expect(one.digest == other.digest)
    }
  }
}
