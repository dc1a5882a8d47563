package import Expressions
package import PhoneNumbers
package import ProvisioningModel

/// One attribute mapping of the configuration (docs/configuration.md, "User mappings").
package struct AttributeMapping: Hashable, Sendable {
  package enum Apply: String, Hashable, Sendable, CaseIterable {
    case always, onCreate
  }

  package var target: TargetAttribute
  package var source: Expression
  /// Written when the source gives null, on create only.
  package var defaultValue: String?
  /// Precedence among the matching attributes, 1 first; nil when it does not match.
  package var matching: Int?
  package var apply: Apply
  /// A null in the directory clears the value in xMatters.
  package var flowsNull: Bool
  /// The value shows as `[Redact]` in the log.
  package var isRedacted: Bool
  /// Of a device: its place in the order in which a person's devices are tried, 1 first; nil leaves it to xMatters.
  package var sequence: Int?
  /// Of a device: minutes between the one before it and it; nil leaves it to xMatters.
  package var delay: Int?

  package init(
    target: TargetAttribute, source: Expression, defaultValue: String? = nil, matching: Int? = nil,
    apply: Apply = .always, flowsNull: Bool = false, isRedacted: Bool = false, sequence: Int? = nil, delay: Int? = nil
  ) {
    self.target = target
    self.source = source
    self.defaultValue = defaultValue
    self.matching = matching
    self.apply = apply
    self.flowsNull = flowsNull
    self.isRedacted = isRedacted
    self.sequence = sequence
    self.delay = delay
  }
}

/// Everything configured about how a user becomes a person.
package struct MappingPolicy: Sendable {
  package var mappings: [AttributeMapping]
  /// App role (value or display name) to xMatters role names, in the order of the configuration.
  package var roleMap: [(appRole: String, roles: [String])]
  package var defaultRoles: [String]
  /// Name or id of the site that a person is created in when no mapping gives one.
  package var defaultSite: String
  package var externalKeyPrefix: String
  /// Whether a site that a mapping names and xMatters lacks is made.
  package var createsMissingSites: Bool
  /// How telephone numbers without a country code are read; nil takes none for complete.
  package var home: Country?

  package init(
    mappings: [AttributeMapping], roleMap: [(appRole: String, roles: [String])] = [], defaultRoles: [String],
    defaultSite: String, externalKeyPrefix: String, createsMissingSites: Bool = false, home: Country? = nil
  ) {
    self.mappings = mappings
    self.roleMap = roleMap
    self.defaultRoles = defaultRoles
    self.defaultSite = defaultSite
    self.externalKeyPrefix = externalKeyPrefix
    self.createsMissingSites = createsMissingSites
    self.home = home
  }

  /// What never shows in the log: by the mapping's own word, or by its expression's.
  package var redacted: Set<TargetAttribute> {
    Set(mappings.lazy.filter { $0.isRedacted || $0.source.isRedacted }.map(\.target))
  }

  package func externalKey(of object: ObjectID) -> String {
    externalKeyPrefix + object.rawValue
  }

  /// The user or group that an external key names, or nil when it is not one of ours.
  package func object(ofExternalKey key: String?) -> ObjectID? {
    guard let key, key.count > externalKeyPrefix.count, key.hasPrefix(externalKeyPrefix) else { return nil }
    let object = ObjectID(String(key.dropFirst(externalKeyPrefix.count)))
    // Another system may use the same prefix with ids of its own.
    return object.isGUID ? object : nil
  }

  /// The union over all assignments of what `roleMap` names, in its order; `defaultRoles` when it names none (docs/configuration.md,
  /// "Roles").
  package func roleNames(for appRoles: [AppRole]) -> [String] {
    var names: [String] = []
    for (appRole, roles) in roleMap where appRoles.contains(where: { $0.value == appRole || $0.displayName == appRole })
    {
      for role in roles where !names.contains(role) {
        names.append(role)
      }
    }
    return names.isEmpty ? defaultRoles : names
  }

  /// The roles that an expression names: app roles go through `roleMap`, others are those of xMatters; `defaultRoles` when it names none.
  package func roleNames(named texts: [String]) -> [String] {
    var names: [String] = []
    for text in texts where !text.isEmpty {
      let roles = roleMap.first { $0.appRole == text }?.roles ?? [text]
      names += roles.filter { !names.contains($0) }
    }
    return names.isEmpty ? defaultRoles : names
  }
}
