import Expressions
import Provisioning
import Yams

/// Reads everything that says who is provisioned and how.
enum PolicyReader {
  static func read(_ reader: inout ConfigurationReader, _ directory: Settings.Directory) -> ProvisioningPolicy {
    let mapping = MappingPolicy(
      mappings: readMappings(&reader), roleMap: readRoleMap(&reader),
      defaultRoles: reader.texts("xmatters.defaultRoles", default: ["Standard User"]),
      defaultSite: reader.text("xmatters.defaultSite", default: "Default Site") ?? "Default Site",
      externalKeyPrefix: reader.text("xmatters.externalKeyPrefix", default: "entra:") ?? "entra:")
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
      repairsDrift: reader.boolean("schedule.driftRepair", default: true), fingerprint: 0)
    policy.fingerprint = fingerprint(policy, directory)
    return policy
  }

  // MARK: Mappings

  private static func readMappings(_ reader: inout ConfigurationReader) -> [AttributeMapping] {
    guard let items = reader.items("mappings.users") else { return defaultMappings }
    var mappings: [AttributeMapping] = []
    for var item in items {
      if let mapping = readMapping(&item) { mappings.append(mapping) }
      reader.absorb(item)
    }
    check(mappings, &reader)
    return mappings
  }

  private static func readMapping(_ item: inout ItemReader) -> AttributeMapping? {
    let targetName = item.requiredText("target")
    let source = item.requiredText("source")
    let fallback = item.text("default")
    let matching = item.integer("matching", in: 1...100)
    let apply = item.text("apply")
    let flowsNull = item.boolean("flowNull")
    let log = item.text("log")
    item.reportUnknownKeys()
    if let apply, AttributeMapping.Apply(rawValue: apply) == nil {
      item.report("apply", "must be always or onCreate, not '\(apply)'")
    }
    if let log, log != "redact" { item.report("log", "must be redact, not '\(log)'") }
    guard let targetName, let source else { return nil }
    guard let target = TargetAttribute(targetName) else {
      let names = (TargetAttribute.scalars + [.roles, .supervisors]).map(\.description)
      let guess = NearestName.of(targetName, among: names).map { ", did you mean '\($0)'?" } ?? ""
      item.report("target", "'\(targetName)' is not an attribute of an xMatters person\(guess)")
      return nil
    }
    if matching != nil, !target.canMatch {
      item.report("matching", "works on targetName, webLogin and e-mail devices, not on \(target)")
    }
    do throws(ExpressionError) {
      let expression = try Expression(parsing: source)
      for lint in expression.lints { item.warn("source", "\(lint)") }
      return AttributeMapping(
        target: target, source: expression, defaultValue: fallback, matching: matching,
        apply: apply.flatMap(AttributeMapping.Apply.init(rawValue:)) ?? .always, flowsNull: flowsNull,
        isRedacted: log == "redact")
    } catch {
      item.report("source", "cannot be parsed: \(error)")
      return nil
    }
  }

  private static func check(_ mappings: [AttributeMapping], _ reader: inout ConfigurationReader) {
    let targets = mappings.map(\.target)
    for target in Set(targets) where targets.count(where: { $0 == target }) > 1 {
      reader.report("mappings.users", "\(target) is mapped more than once")
    }
    if !mappings.contains(where: { $0.matching != nil }) {
      reader.report("mappings.users", "one mapping at least must be matching: 1, or nobody is ever found in xMatters")
    }
    for required in [TargetAttribute.targetName, .firstName, .lastName] where !targets.contains(required) {
      reader.report("mappings.users", "\(required) must be mapped: xMatters requires it")
    }
  }

  /// The defaults of the contract, section 2.
  static let defaultMappings: [AttributeMapping] = {
    let rows: [(String, String, Int?, AttributeMapping.Apply)] = [
      ("targetName", "[userPrincipalName]", 1, .always),
      ("webLogin", "[userPrincipalName]", nil, .always),
      ("firstName", "Coalesce([givenName], [displayName])", nil, .always),
      ("lastName", "Coalesce([surname], [displayName])", nil, .always),
      ("status", #"Switch([IsSoftDeleted], , "False", "ACTIVE", "True", "INACTIVE")"#, nil, .always),
      ("language", "[preferredLanguage]", nil, .onCreate),
      ("roles", "[appRoleAssignments]", nil, .always),
      ("supervisors", "[manager]", nil, .always),
      ("devices.Work Email", "[mail]", nil, .always),
      ("devices.Mobile Phone", "[mobilePhone]", nil, .always),
    ]
    return rows.compactMap { name, source, matching, apply in
      guard let target = TargetAttribute(name), let expression = try? Expression(parsing: source) else { return nil }
      return AttributeMapping(target: target, source: expression, matching: matching, apply: apply)
    }
  }()

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
        "\(mapping.target) \(mapping.source.text) \(mapping.defaultValue ?? "") \(mapping.matching ?? 0) \(mapping.apply) \(mapping.flowsNull)"
      )
    }
    for (appRole, roles) in policy.mapping.roleMap { hash.combine("\(appRole): \(roles)") }
    hash.combine("\(policy.mapping.defaultRoles) \(policy.mapping.defaultSite) \(policy.mapping.externalKeyPrefix)")
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

extension TargetAttribute {
  /// What xMatters can be searched by (contract, section 2).
  fileprivate var canMatch: Bool {
    switch self {
    case .targetName, .webLogin, .device: true
    default: false
    }
  }
}
