import Expressions
import ProvisioningModel
import ProvisioningRules

// The details of a user's steps, which are told on demand.

extension UserRun {
  mutating func noteImport(_ source: DirectoryUser) {
    noteImport("Read from the directory.", details: isOnDemand ? details(of: source) : [:])
  }

  private func details(of source: DirectoryUser) -> [String: String] {
    let hidden = redactedSources
    var details = source.attributes.reduce(into: [:]) { details, attribute in
      details[attribute.key] = hidden.contains(attribute.key) ? Redaction.mark : attribute.value.logText
    }
    details["objectId"] = source.id.rawValue
    details["accountEnabled"] = source.accountEnabled ? "True" : "False"
    details["manager"] = source.manager?.rawValue
    return details
  }

  /// What redacted mappings read.
  private var redactedSources: Set<String> {
    var names = Set(provisioner.policy.mapping.mappings.lazy.filter(\.isRedacted).flatMap(\.source.attributeNames))
    if names.contains("originalUserPrincipalName") { names.insert("userPrincipalName") }
    return names
  }

  mutating func noteMatching(_ text: String, tried: [MatchingValue]) {
    guard isOnDemand else { return noteMatching(text) }
    let hidden = provisioner.policy.mapping.redacted
    var details = tried.reduce(into: [:]) { details, value in
      details[value.attribute.description] = hidden.contains(value.attribute) ? Redaction.mark : value.value
    }
    details["personId"] = person?.id.rawValue
    noteMatching(text, details: details)
  }

  mutating func noteEvaluation(_ changes: PersonChanges, adopts: Bool, _ desired: DesiredPerson) {
    noteEvaluation(evaluation(isEqual: changes.isEmpty, adopts: adopts), desired)
  }

  mutating func noteEvaluation(_ text: String, _ desired: DesiredPerson) {
    noteEvaluation(text, details: isOnDemand ? desired.logTexts(redacting: provisioner.policy.mapping.redacted) : [:])
  }

  /// Another language in the place of one that xMatters does not know is as configured; none at all is worth a warning
  /// (docs/configuration.md, "Sites, languages and time zones").
  mutating func noteLanguage(_ code: String, written: String?) {
    guard let written else {
      return noteWarnings(["xMatters does not know the language \(code): it was left out."])
    }
    steps.append(
      .init(
        .processing, "EntryProcessing", .warning, "xMatters does not know the language \(code): \(written) was set."))
  }

  /// The changes as the log shows them: old to new, sites and supervisors by their names.
  func shown(
    _ changes: PersonChanges, from person: Person?
  ) async throws(Failure) -> [ProvisioningLogEntry.ModifiedProperty] {
    var properties = changes.modifiedProperties(from: person, redacting: provisioner.policy.mapping.redacted)
    for index in properties.indices {
      let property = properties[index]
      properties[index].oldValue = try await named(property.oldValue, property.name)
      properties[index].newValue = try await named(property.newValue, property.name)
    }
    return properties
  }

  private func named(_ value: String?, _ attribute: String) async throws(Failure) -> String? {
    switch TargetAttribute(attribute) {
    case .site:
      let sites = try await provisioner.target.catalogue(refreshing: false).sites
      return sites.first { $0.value == value }?.key ?? value
    case .supervisors:
      guard let value else { return nil }
      var names: [String] = []
      for id in value.split(separator: ", ") {
        names.append(try await provisioner.state.link(person: PersonID(String(id)))?.targetName ?? String(id))
      }
      return names.joined(separator: ", ")
    default: return value
    }
  }
}

extension DesiredPerson {
  /// Everything that the mappings gave, by the names of the targets.
  fileprivate func logTexts(redacting redacted: Set<TargetAttribute>) -> [String: String] {
    var texts: [String: String] = [:]
    func set(_ attribute: TargetAttribute, _ text: String?) {
      texts[attribute.description] = redacted.contains(attribute) ? Redaction.mark : text ?? ""
    }
    for (attribute, value) in initial { set(attribute, value.logText) }
    for (attribute, value) in maintained { set(attribute, value.logText) }
    for (name, device) in initialDevices { set(.device(name), device.address) }
    for (name, device) in devices { set(.device(name), device.address) }
    return texts
  }
}

extension AttributeValue {
  /// As the steps show it.
  var logText: String {
    switch self {
    case .text(let text): text
    case .texts(let texts): texts.joined(separator: ", ")
    case .boolean(let boolean): boolean ? "True" : "False"
    case .integer(let integer): "\(integer)"
    }
  }
}
