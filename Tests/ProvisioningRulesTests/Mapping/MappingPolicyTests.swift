import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

@Suite("Roles and external keys")
struct MappingPolicyTests {
  private let roleMap: [(appRole: String, roles: [String])] = [
    ("admin", ["Company Admin", "Standard User"]), ("Operators", ["Group Supervisor", "Standard User"]),
    ("Viewers", ["Stakeholder"]),
  ]

  @Test(
    "Given app roles, the xMatters roles are the union of what the map names, in the order of the map",
    arguments: [
      ([901], ["Company Admin", "Standard User"]),
      ([902], ["Group Supervisor", "Standard User"]),
      // By display name even when the role has a value.
      ([903], ["Stakeholder"]),
      ([902, 901], ["Company Admin", "Standard User", "Group Supervisor"]),
      ([903, 902, 901], ["Company Admin", "Standard User", "Group Supervisor", "Stakeholder"]),
      ([], ["Default"]),
      ([999], ["Default"]),
      ([999, 903], ["Stakeholder"]),
    ] as [([Int], [String])])
  func roles(_ ids: [Int], _ expected: [String]) {
    let policy = MappingPolicy.sample(roleMap: roleMap, defaultRoles: ["Default"])
    let unmapped = AppRole(id: .sample(999), value: "unmapped", displayName: "Unmapped")
    let roles = ids.map { id in Application.sample.role(.sample(id)) ?? unmapped }
    #expect(policy.roleNames(for: roles) == expected)
  }

  @Test("Given no map, everybody has the default roles")
  func noMap() {
    #expect(MappingPolicy.sample().roleNames(for: Application.sample.roles) == ["Standard User"])
  }

  @Test("Given an object id, its external key names it again")
  func externalKeys() {
    let policy = MappingPolicy.sample()
    #expect(policy.externalKey(of: .sample(7)) == "entra:" + ObjectID.sample(7).rawValue)
    #expect(policy.object(ofExternalKey: policy.externalKey(of: .sample(7))) == .sample(7))
  }

  @Test("Given a key that is not ours, it names no object", arguments: [nil, "", "entra:", "ldap:7", "Entra:7"])
  func otherKeys(_ key: String?) {
    #expect(MappingPolicy.sample().object(ofExternalKey: key) == nil)
  }

  @Test(
    "Given a person, its owner is who its external key says",
    arguments: [
      (nil, .nobody), ("", .nobody), ("entra:" + ObjectID.sample(1).rawValue, .thisObject),
      ("entra:" + ObjectID.sample(2).rawValue, .otherObject(.sample(2))), ("XMSYNC_1", .otherSystem),
    ] as [(String?, Owner)])
  func owner(_ key: String?, _ expected: Owner) {
    let person = Person(id: PersonID("p"), externalKey: key, attributes: [:], devices: [])
    #expect(Owner(of: person, for: .sample(1), policy: .sample()) == expected)
  }
}
