import Expressions
import PhoneNumbers
package import ProvisioningModel
package import ProvisioningRules

extension AttributeMapping {
  /// A mapping with its source as text; a source that does not parse is a mistake in the test.
  package static func sample(
    _ target: String, _ source: String, defaultValue: String? = nil, matching: Int? = nil, apply: Apply = .always,
    flowsNull: Bool = false, isRedacted: Bool = false, sequence: Int? = nil, delay: Int? = nil
  ) -> AttributeMapping {
    do {
      guard let attribute = TargetAttribute(target) else { preconditionFailure("no target \(target)") }
      return AttributeMapping(
        target: attribute, source: try Expression(parsing: source), defaultValue: defaultValue, matching: matching,
        apply: apply, flowsNull: flowsNull, isRedacted: isRedacted, sequence: sequence, delay: delay)
    } catch {
      preconditionFailure("\(source): \(error)")
    }
  }

  /// The default mappings (docs/configuration.md, "Default mappings").
  package static let defaults: [AttributeMapping] = [
    .sample("targetName", "[userPrincipalName]", matching: 1),
    .sample("webLogin", "[userPrincipalName]"),
    .sample("firstName", "Coalesce([givenName], [displayName])"),
    .sample("lastName", "Coalesce([surname], [displayName])"),
    .sample("status", #"Switch([IsSoftDeleted], , "False", "ACTIVE", "True", "INACTIVE")"#),
    .sample("language", "[preferredLanguage]", apply: .onCreate),
    .sample("roles", "[appRoleAssignments]"),
    .sample("supervisors", "[manager]"),
    .sample("devices.Work Email", "[mail]"),
    .sample("devices.Mobile Phone", "[mobilePhone]"),
  ]

  /// The defaults with some replaced, by target; what they don't have is added.
  package static func defaults(replacing replacements: AttributeMapping...) -> [AttributeMapping] {
    let replaced = Set(replacements.map(\.target))
    return defaults.filter { !replaced.contains($0.target) } + replacements
  }
}

extension GroupPolicy {
  package static func sample(
    kind: GroupKind = .broadcast, name: String = "[displayName]", isExact: Bool = false
  ) -> GroupPolicy {
    do {
      return GroupPolicy(kind: kind, name: try Expression(parsing: name), isExact: isExact)
    } catch {
      preconditionFailure("\(name): \(error)")
    }
  }
}

extension MappingPolicy {
  package static func sample(
    _ mappings: [AttributeMapping] = AttributeMapping.defaults,
    roleMap: [(appRole: String, roles: [String])] = [], defaultRoles: [String] = ["Standard User"],
    defaultSite: String = "Default Site", createsMissingSites: Bool = false, home: String? = nil
  ) -> MappingPolicy {
    MappingPolicy(
      mappings: mappings, roleMap: roleMap, defaultRoles: defaultRoles, defaultSite: defaultSite,
      externalKeyPrefix: "entra:",
      createsMissingSites: createsMissingSites, home: home.flatMap { Country($0) })
  }
}
