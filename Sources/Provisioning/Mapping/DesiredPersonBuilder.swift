import Expressions

/// Runs the mappings over one user. Pure: everything that has to be looked up is handed in.
package struct DesiredPersonBuilder: Sendable {
  package struct Surroundings: Sendable {
    package var catalogue: Catalogue
    /// The person that the user's manager is, when linked.
    package var supervisor: PersonID?
    package var now: Timestamp
    package var defaultDomain: String?

    package init(catalogue: Catalogue, supervisor: PersonID?, now: Timestamp, defaultDomain: String? = nil) {
      self.catalogue = catalogue
      self.supervisor = supervisor
      self.now = now
      self.defaultDomain = defaultDomain
    }
  }

  private let policy: MappingPolicy
  private let source: SourceAttributes
  private let surroundings: Surroundings
  private var desired = DesiredPerson(maintained: [:], initial: [:], devices: [:], matching: [], warnings: [])

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

  private mutating func apply(_ mapping: AttributeMapping) throws(Failure) {
    let value: Value
    do {
      value = try mapping.source.evaluate(in: context)
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
    if let precedence = mapping.matching, let text = value.nonEmptyText {
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
    guard let target = targetValue(value, for: mapping.target) else {
      try applyNull(mapping)
      return
    }
    set(try resolved(target, for: mapping.target), mapping)
  }

  private mutating func applyNull(_ mapping: AttributeMapping) throws(Failure) {
    if let text = mapping.defaultValue {
      desired.initial[mapping.target] = try resolved(.text(text), for: mapping.target)
    }
    if mapping.flowsNull, mapping.apply == .always, !mapping.target.isRequired {
      desired.maintained[mapping.target] = .null
    }
  }

  private mutating func applyDevice(_ name: String, _ value: Value, _ mapping: AttributeMapping) {
    guard let kind = surroundings.catalogue.devices[name] else {
      desired.warnings.append("xMatters has no device name '\(name)': the device was left out.")
      return
    }
    let text = value.nonEmptyText
    if text == nil, mapping.flowsNull, mapping.apply == .always {
      desired.devices[name] = DesiredDevice(kind: kind, address: nil)
    }
    guard let written = text ?? mapping.defaultValue else { return }
    guard let address = kind.isPhone ? PhoneNumber.e164(written) : written else {
      desired.warnings.append("The number for \(name) is not in international form (+ and country code): left out.")
      return
    }
    if text == nil || mapping.apply == .onCreate {
      desired.initialDevices[name] = DesiredDevice(kind: kind, address: address)
    } else {
      desired.devices[name] = DesiredDevice(kind: kind, address: address)
    }
  }

  private mutating func applyRoles(_ value: Value, _ mapping: AttributeMapping) throws(Failure) {
    let names: [String]
    switch value {
    case .roles: names = policy.roleNames(for: source.appRoles)
    case .texts(let texts): names = texts
    case .null: names = policy.defaultRoles
    default: names = value.nonEmptyText.map { [$0] } ?? policy.defaultRoles
    }
    if let unknown = names.first(where: { !surroundings.catalogue.roles.contains($0) }) {
      throw Failure(
        .escrow, .schemaAttributeNotFound, "xMatters has no role '\(unknown)'.",
        advice: "Create the role in xMatters, or correct xmatters.roleMap or xmatters.defaultRoles.")
    }
    set(.list(names), mapping)
  }

  private mutating func applySupervisor(_ value: Value, _ mapping: AttributeMapping) {
    guard let manager = value.nonEmptyText else {
      if mapping.flowsNull { set(.list([]), mapping) }
      return
    }
    if let supervisor = surroundings.supervisor {
      set(.list([supervisor.rawValue]), mapping)
    } else {
      desired.pendingSupervisor = ObjectID(manager)
    }
  }

  private mutating func set(_ value: TargetValue, _ mapping: AttributeMapping) {
    switch mapping.apply {
    case .always: desired.maintained[mapping.target] = value
    case .onCreate: desired.initial[mapping.target] = value
    }
  }

  /// Fills in what a person cannot be without, so that xMatters never puts in the service account's own site or the service account as
  /// supervisor (xMatters reference, section 11, item 4).
  private mutating func complete() throws(Failure) {
    desired.matching = matching.sorted { $0.precedence < $1.precedence }.map(\.value)
    if desired.matching.isEmpty {
      throw Failure(
        .escrow, .importSkipped, "The user has no value for any matching attribute.",
        advice: "Give the user a value for one of the attributes that the matching mappings read.")
    }
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

  private func targetValue(_ value: Value, for attribute: TargetAttribute) -> TargetValue? {
    switch value {
    case .null, .skip: return nil
    case .texts(let texts): return texts.isEmpty ? nil : .list(texts)
    case .boolean(let boolean):
      if case .property = attribute { return .boolean(boolean) }
      return .text(boolean ? "True" : "False")
    default: return value.nonEmptyText.map { .text($0) }
    }
  }

  private func resolved(_ value: TargetValue, for attribute: TargetAttribute) throws(Failure) -> TargetValue {
    guard let text = value.text else { return value }
    switch attribute {
    case .site:
      guard let id = surroundings.catalogue.siteID(text) else {
        throw Failure(
          .escrow, .schemaAttributeNotFound, "xMatters has no site '\(text)'.",
          advice: "Create the site in xMatters, or correct the mapping of site or xmatters.defaultSite.")
      }
      return .text(id)
    case .language: return .text(text.replacing("-", with: "_"))
    case .status: return .text(text.uppercased())
    default: return value
    }
  }

  private var context: EvaluationContext {
    let source = source
    return EvaluationContext(
      attributes: { source.value($0) }, now: surroundings.now.milliseconds, defaultDomain: surroundings.defaultDomain)
  }
}

extension TargetAttribute {
  /// What xMatters refuses to create a person without (xMatters reference, section 5.2); roles have a default.
  static let required: [TargetAttribute] = [.targetName, .firstName, .lastName]

  var isRequired: Bool { Self.required.contains(self) }
}

extension Value {
  /// The value as one text; nil when null, empty or not a single value.
  fileprivate var nonEmptyText: String? {
    guard let text, !text.isEmpty else { return nil }
    return text
  }
}
