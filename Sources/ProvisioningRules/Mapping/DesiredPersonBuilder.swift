import Expressions
package import ProvisioningModel

/// Runs the mappings over one user. Pure: everything that has to be looked up is handed in.
package struct DesiredPersonBuilder: Sendable {
  package struct Surroundings: Sendable {
    package var catalogue: Catalogue
    /// The person that the user's manager is, when linked.
    package var supervisor: PersonID?
    package var now: Timestamp
    package var defaultDomain: String?
    /// Values that other people have; SelectUniqueValue passes over them.
    package var taken: [TargetAttribute: Set<String>]
    /// Whether the person is known, so that none has to be looked for by the matching attributes.
    package var isLinked: Bool

    package init(
      catalogue: Catalogue, supervisor: PersonID?, now: Timestamp, defaultDomain: String? = nil,
      taken: [TargetAttribute: Set<String>] = [:], isLinked: Bool = false
    ) {
      self.catalogue = catalogue
      self.supervisor = supervisor
      self.now = now
      self.defaultDomain = defaultDomain
      self.taken = taken
      self.isLinked = isLinked
    }
  }

  let policy: MappingPolicy
  private let source: SourceAttributes
  let surroundings: Surroundings
  var desired = DesiredPerson(maintained: [:], initial: [:], devices: [:], matching: [], warnings: [])

  private init(policy: MappingPolicy, source: SourceAttributes, surroundings: Surroundings) {
    self.policy = policy
    self.source = source
    self.surroundings = surroundings
  }

  /// - Throws: A `Failure` to escrow when a required or matching value is missing, or a name is unknown to xMatters.
  package static func desired(
    _ source: SourceAttributes, policy: MappingPolicy, surroundings: Surroundings
  ) throws(Failure) -> DesiredPerson {
    var builder = DesiredPersonBuilder(policy: policy, source: source, surroundings: surroundings)
    for mapping in policy.mappings {
      try builder.apply(mapping)
    }
    try builder.complete()
    return builder.desired
  }

  /// The site that the mappings name for the user and the catalogue lacks.
  package static func missingSite(
    _ source: SourceAttributes, policy: MappingPolicy, surroundings: Surroundings
  ) -> String? {
    guard let mapping = policy.mappings.first(where: { $0.target == .site }) else { return nil }
    let builder = DesiredPersonBuilder(policy: policy, source: source, surroundings: surroundings)
    guard let value = try? mapping.source.evaluate(in: builder.context(for: .site)), value != .skip,
      let name = value.single ?? mapping.defaultValue
    else { return nil }
    return surroundings.catalogue.siteID(name) == nil ? name : nil
  }

  private mutating func apply(_ mapping: AttributeMapping) throws(Failure) {
    let value: Value
    do {
      value = try mapping.source.evaluate(in: context(for: mapping.target))
    } catch {
      guard mapping.matching != nil || mapping.target.isRequired else {
        desired.warnings.append("\(mapping.target) was left as it is: \(error)")
        return
      }
      throw Failure(
        .escrow, .missingValues, "The mapping of \(mapping.target) failed: \(error)",
        advice: "Correct the mapping's expression, or the attribute it reads.")
    }
    if case .skip = value { return }
    if let precedence = mapping.matching, let text = value.single {
      matching.append((precedence, MatchingValue(attribute: mapping.target, value: text)))
    }
    switch mapping.target {
    case .device(let name): applyDevice(name, value, mapping)
    case .roles: try applyRoles(value, mapping)
    case .supervisors: applySupervisor(value, mapping)
    default: try applyScalar(value, mapping)
    }
  }

  private var matching: [(precedence: Int, value: MatchingValue)] = []

  private mutating func applyScalar(_ value: Value, _ mapping: AttributeMapping) throws(Failure) {
    guard let target = try targetValue(value, for: mapping.target) else {
      try applyNull(mapping)
      return
    }
    set(try resolved(target, for: mapping.target), mapping)
  }

  /// Clearing passes two gates: the mapping asks for it and is applied always, and xMatters can have a person without the value.
  private mutating func applyNull(_ mapping: AttributeMapping) throws(Failure) {
    if let text = mapping.defaultValue {
      desired.initial[mapping.target] = try resolved(.text(text), for: mapping.target)
    }
    if mapping.flowsNull, mapping.apply == .always, mapping.target.canBeCleared {
      desired.maintained[mapping.target] = .null
    }
  }

  private mutating func applyRoles(_ value: Value, _ mapping: AttributeMapping) throws(Failure) {
    let names =
      if case .roles = value { policy.roleNames(for: source.appRoles) } else { policy.roleNames(named: value.texts) }
    if let unknown = names.first(where: { !surroundings.catalogue.roles.contains($0) }) {
      throw Failure(
        .escrow, .schemaAttributeNotFound, "xMatters has no role '\(unknown)'.",
        advice: "Create the role in xMatters, or correct xmatters.roleMap or xmatters.defaultRoles.")
    }
    set(.list(names), mapping)
  }

  private mutating func applySupervisor(_ value: Value, _ mapping: AttributeMapping) {
    let manager = value.single.map { ObjectID($0) }
    if manager == source.user.id {
      desired.warnings.append("The user is its own manager in the directory: a person cannot supervise itself.")
    }
    guard let manager, manager != source.user.id else {
      if mapping.flowsNull { set(.list([]), mapping) }
      return
    }
    if let supervisor = surroundings.supervisor {
      set(.list([supervisor.rawValue]), mapping)
    } else {
      desired.pendingSupervisor = manager
    }
  }

  private mutating func set(_ value: TargetValue, _ mapping: AttributeMapping) {
    // A value that was unique when the person was made need not be looked for again.
    if mapping.apply == .onCreate || mapping.source.selectsUniqueValue {
      desired.initial[mapping.target] = value
    } else {
      desired.maintained[mapping.target] = value
    }
  }

  /// Fills in what a person cannot be without, so that xMatters never puts in the service account's own site or the service account as
  /// supervisor (docs/reference/xmatters-api.md, "Traps").
  private mutating func complete() throws(Failure) {
    desired.matching = matching.sorted { $0.precedence < $1.precedence }.map(\.value)
    if desired.matching.isEmpty, !surroundings.isLinked { throw .nothingToMatchBy }
    if !isSet(.site) {
      desired.initial[.site] = try resolved(.text(policy.defaultSite), for: .site)
    }
    if !isSet(.supervisors) {
      desired.initial[.supervisors] = .list([])
    }
    if !isSet(.roles) {
      desired.initial[.roles] = .list(policy.defaultRoles)
    }
    for required in TargetAttribute.required where !isSet(required) {
      throw Failure(
        .escrow, .mandatoryFieldsMissing, "The user gives no value for \(required), which xMatters requires.",
        advice: "Fill in the attribute in the directory, or give its mapping a default.")
    }
  }

  private func isSet(_ attribute: TargetAttribute) -> Bool {
    if let value = desired.maintained[attribute] { return value != .null }
    return desired.initial[attribute] != nil
  }

  private func context(for target: TargetAttribute) -> EvaluationContext {
    let source = source
    return EvaluationContext(
      attributes: { source.value($0) }, now: surroundings.now.milliseconds, defaultDomain: surroundings.defaultDomain,
      taken: EvaluationContext.taken(surroundings.taken[target] ?? []))
  }
}

extension Failure {
  /// A person that cannot be looked for is not created either (docs/reference/entra-provisioning.md, "Error codes").
  package static let nothingToMatchBy = Failure(
    .escrow, .importSkipped, "The user has no value for any matching attribute, and was skipped.",
    advice: "Give the user a value for one of the attributes that the matching mappings read.")
}

extension TargetAttribute {
  /// What xMatters refuses to create a person without (docs/reference/xmatters-api.md, "Person fields"); roles have a default.
  static let required: [TargetAttribute] = [.targetName, .firstName, .lastName]

  var isRequired: Bool { Self.required.contains(self) }

  /// Everybody in xMatters has the others, by default if need be.
  package var canBeCleared: Bool {
    switch self {
    case .phoneLogin, .supervisors, .property, .device: true
    default: false
    }
  }
}
