import Reconciler
import ProvisioningRules
import Service
import Testing

@Suite("The configuration of scoping filters")
struct FilterConfigurationTests {
  private func load(_ filters: String) throws -> LoadedSettings {
    try SampleConfiguration.load(filters)
  }

  private func problems(_ filters: String) -> [ConfigurationProblem] {
    SampleConfiguration.problems(filters)
  }

  @Test("Given the documented example, it is one filter with one clause")
  func example() throws {
    let loaded = try load(
      """
      scopingFilters:
        - name: operations
          clauses: [{attribute: department, operator: EQUALS, value: Operations}]
      """)
    #expect(
      loaded.settings.policy.filters
        == ScopingFilters([
          ScopingFilter(name: "operations", clauses: [try ScopingClause("department", .equals, "Operations")])
        ]))
    #expect(loaded.warnings.isEmpty)
    #expect(loaded.settings.policy.attributeNames.contains("department"))
  }

  @Test("Given filters without names, they are numbered; numbers are values; IS NULL takes none")
  func unnamed() throws {
    let filters = try load(
      """
      scopingFilters:
        - clauses: [{attribute: extensionAttribute1, operator: Greater_Than_OR_EQUALS, value: 10}]
        - clauses:
            - {attribute: employeeOrgData.division, operator: IS NOT NULL}
            - {attribute: accountEnabled, operator: IS TRUE}
            - {attribute: extension_0123_duty, operator: NOT EQUALS, value: off duty}
      """
    ).settings.policy.filters.filters
    #expect(filters.map(\.name) == ["filter 1", "filter 2"])
    #expect(filters[0].clauses.map(\.description) == ["extensionAttribute1 Greater_Than_OR_EQUALS 10"])
    #expect(filters[1].clauses.count == 3)
  }

  @Test("All mistakes come at once, each with its key, its line and what was probably meant")
  func mistakes() {
    let found = problems(
      """
      scopingFilters:
        - name: a
          clauses:
            - {attribute: departmnt, operator: EQUALS, value: x}
            - {attribute: department, operator: EQUAL, value: x}
            - {attribute: mail, operator: REGEX MATCH, value: "("}
            - {attribute: mail, operator: IS NULL, value: x}
            - {attribute: mail, operator: EQUALS}
            - {attribute: mail, operator: Greater_Than, value: many}
            - {attribute: mail, operator: EQUALS, valeu: x, value: y}
            - {operator: EQUALS, value: x}
        - name: a
          clauses: []
      """)
    #expect(
      found.map(\.key) == [
        "scopingFilters[0].clauses[0].attribute", "scopingFilters[0].clauses[1].operator",
        "scopingFilters[0].clauses[2].value", "scopingFilters[0].clauses[3].value",
        "scopingFilters[0].clauses[4].value", "scopingFilters[0].clauses[5].value",
        "scopingFilters[0].clauses[6].valeu", "scopingFilters[0].clauses[7].attribute", "scopingFilters[1].name",
        "scopingFilters[1].clauses",
      ])
    #expect(found.map(\.line) == [10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
    #expect(found[0].message.contains("did you mean 'department'"))
    #expect(found[1].message.contains("did you mean 'EQUALS'") && found[1].message.contains("ENDS_WITH"))
  }

  @Test(
    // docs/reference/entra-provisioning.md, "Scoping filters".
    "An attribute that a filter cannot read is refused, and why",
    arguments: [
      ("otherMails, operator: EQUALS, value: x", "several values"), ("manager, operator: IS NULL", "not stored"),
      ("appRoleAssignments, operator: IS NULL", "not stored"), ("IsSoftDeleted, operator: IS TRUE", "not stored"),
      ("employeeHireDate, operator: Greater_Than, value: 1", "date"),
      ("onPremisesExtensionAttributes, operator: IS NULL", "no single value"),
      ("accountEnabled, operator: EQUALS, value: True", "IS TRUE"), ("department, operator: IS TRUE", "text"),
    ])
  func unreadable(_ clause: String, _ words: String) {
    let found = problems("scopingFilters: [{clauses: [{attribute: \(clause)}]}]")
    #expect(found.count == 1 && found.first?.message.contains(words) == true, "\(found)")
  }

  @Test("What may not do what was meant is a warning")
  func warnings() throws {
    let warnings = try load(
      """
      scopingFilters:
        - clauses:
            - {attribute: mail, operator: REGEX MATCH, value: '.*\\@domain.com'}
            - {attribute: country, operator: "&", value: "DE,FR"}
            - {attribute: userPrincipalName, operator: NOT REGEX MATCH, value: "^.*#EXT#.*$"}
      """
    ).warnings
    #expect(warnings.map(\.line) == [9, 10, 11])
    #expect(warnings.last?.message.contains("originalUserPrincipalName") == true)
  }

  @Test("A change of filters or of the scope makes the next cycle a full one")
  func fingerprint() throws {
    let plain = try load("").settings.policy.fingerprint
    let filter = "scopingFilters: [{clauses: [{attribute: department, operator: EQUALS, value: A}]}]"
    #expect(try load("").settings.policy.fingerprint == plain)
    let prints = try [
      plain, load(filter).settings.policy.fingerprint,
      load(filter.replacing("value: A", with: "value: B")).settings.policy.fingerprint,
      load(filter.replacing("operator: EQUALS", with: "operator: NOT EQUALS")).settings.policy.fingerprint,
    ]
    #expect(Set(prints).count == 4)
  }
}
