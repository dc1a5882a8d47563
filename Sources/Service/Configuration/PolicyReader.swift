import Expressions
import PhoneNumbers
import ProvisioningModel
import ProvisioningRules
import Reconciler
import Yams

/// Reads everything that says who is provisioned and how.
enum PolicyReader {
  static func read(_ reader: inout ConfigurationReader, _ directory: Settings.Directory) -> ProvisioningPolicy {
    let mapping = MappingPolicy(
      mappings: MappingReader.read(&reader), roleMap: readRoleMap(&reader),
      defaultRoles: reader.texts("xmatters.defaultRoles", default: ["Standard User"]),
      defaultSite: reader.text("xmatters.defaultSite", default: "Default Site") ?? "Default Site",
      externalKeyPrefix: reader.text("xmatters.externalKeyPrefix", default: "entra:") ?? "entra:",
      createsMissingSites: reader.boolean("xmatters.createMissingSites", default: false), home: readHome(&reader))
    if mapping.externalKeyPrefix.isEmpty {
      reader.report(
        "xmatters.externalKeyPrefix", "must not be empty: it tells what Rollcall manages from what it does not")
    }
    if mapping.defaultRoles.isEmpty {
      reader.report("xmatters.defaultRoles", "must name at least one role: xMatters has no person without one")
    }
    let deprovisioning = Deprovisioning(
      onUnassign: reader.choice("deprovisioning.onUnassign", default: .disable),
      onDisable: reader.choice("deprovisioning.onDisable", default: .disable),
      onSoftDelete: reader.choice("deprovisioning.onSoftDelete", default: .disable),
      onHardDelete: reader.choice("deprovisioning.onHardDelete", default: .delete))
    var policy = ProvisioningPolicy(
      mapping: mapping, filters: FilterReader.read(&reader), deprovisioning: deprovisioning,
      ownership: reader.choice("xmatters.ownership", default: .adopt), groups: GroupPolicyReader.read(&reader),
      repairsDrift: reader.boolean("schedule.driftRepair", default: true),
      confirmation: ConfirmationPolicy(
        leave: reader.duration("protection.confirmation.leave", default: .seconds(10)),
        absence: reader.duration("protection.confirmation.absence", default: .seconds(1200))),
      fingerprint: 0)
    policy.fingerprint = fingerprint(policy, directory)
    return policy
  }

  private static func readHome(_ reader: inout ConfigurationReader) -> Country? {
    guard let country = reader.text("xmatters.defaultCountry"), !country.isEmpty else { return nil }
    if let home = Country(country) { return home }
    reader.report(
      "xmatters.defaultCountry", "'\(country)' is no country code of two letters, such as GB (ISO 3166-1 alpha-2)")
    return nil
  }

  // MARK: Roles

  private static func readRoleMap(_ reader: inout ConfigurationReader) -> [(appRole: String, roles: [String])] {
    var map: [(appRole: String, roles: [String])] = []
    for (appRole, node) in reader.freeEntries("xmatters.roleMap") {
      let roles = node.sequence.map { $0.compactMap(\.string) } ?? node.string.map { [$0] } ?? []
      if roles.isEmpty {
        reader.report("xmatters.roleMap", node, "'\(appRole)' must have a list of xMatters role names")
      }
      map.append((appRole, roles))
    }
    return map
  }

  /// Of all that decides what a person looks like and who is in scope.
  private static func fingerprint(_ policy: ProvisioningPolicy, _ directory: Settings.Directory) -> UInt64 {
    var hash = StableHash()
    for mapping in policy.mapping.mappings {
      hash.combine(
        "\(mapping.target) \(mapping.source.text) \(mapping.defaultValue ?? "") \(mapping.matching ?? 0) \(mapping.apply) \(mapping.flowsNull) \(mapping.sequence ?? 0) \(mapping.delay ?? 0)"
      )
    }
    for (appRole, roles) in policy.mapping.roleMap { hash.combine("\(appRole): \(roles)") }
    hash.combine("\(policy.mapping.defaultRoles) \(policy.mapping.defaultSite) \(policy.mapping.externalKeyPrefix)")
    hash.combine("\(policy.mapping.createsMissingSites) \(policy.mapping.home?.code ?? "")")
    for filter in policy.filters.filters { hash.combine("\(filter.name): \(filter.clauses)") }
    hash.combine("\(policy.deprovisioning) \(policy.ownership)")
    if let groups = policy.groups {
      hash.combine("\(groups.name.text) \(groups.description?.text ?? "") \(groups.kind) \(groups.isExact)")
    }
    hash.combine(
      "\(directory.application) \(directory.scope) \(directory.nestedGroups) \(directory.includeDefaultAccess)")
    return hash.value
  }
}
