import Expressions
import MicrosoftGraph
import ProvisioningModel
import ProvisioningRules

/// Reads `mappings.users` (docs/configuration.md, "User mappings").
enum MappingReader {
  static func read(_ reader: inout ConfigurationReader) -> [AttributeMapping] {
    guard let items = reader.items("mappings.users") else { return defaults }
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
    let source = item.requiredText("source").flatMap { readSource($0, &item) }
    let fallback = item.text("default")
    let matching = item.integer("matching", in: 1...100)
    let apply = item.choice("apply", default: AttributeMapping.Apply.always)
    let flowsNull = item.boolean("flowNull")
    let log = item.text("log")
    let sequence = item.integer("sequence", in: 1...1000)
    let delay = item.minutes("delay")
    item.reportUnknownKeys()
    if let log, log != "redact" { item.report("log", "must be redact, not '\(log)'") }
    guard let targetName, let target = readTarget(targetName, &item), let source else { return nil }
    if matching != nil, !target.isSearchable {
      item.report("matching", "works on targetName, webLogin and e-mail devices, not on \(target)")
    }
    if source.selectsUniqueValue, !target.isSearchable || matching != nil {
      item.report(
        "source", "SelectUniqueValue works on targetName, webLogin and e-mail devices, and not for one that matches")
    }
    if flowsNull, !target.canBeCleared {
      item.warn("flowNull", "does nothing for \(target): every person in xMatters has one")
    }
    if case .device = target {
    } else {
      for (key, value) in [("sequence", sequence), ("delay", delay)] where value != nil {
        item.report(key, "works on devices, not on \(target)")
      }
    }
    return AttributeMapping(
      target: target, source: source, defaultValue: fallback, matching: matching, apply: apply, flowsNull: flowsNull,
      isRedacted: log == "redact", sequence: sequence, delay: delay)
  }

  private static func readTarget(_ name: String, _ item: inout ItemReader) -> TargetAttribute? {
    if let target = TargetAttribute(name) { return target }
    let names = (TargetAttribute.scalars + [.roles, .supervisors]).map(\.description)
    let guess = NearestName.of(name, among: names).map { ", did you mean '\($0)'?" } ?? ""
    item.report("target", "'\(name)' is not an attribute of an xMatters person\(guess)")
    return nil
  }

  private static func readSource(_ text: String, _ item: inout ItemReader) -> Expression? {
    let expression: Expression
    do throws(ExpressionError) {
      expression = try Expression(parsing: text)
    } catch {
      item.report("source", "cannot be parsed: \(error)")
      return nil
    }
    for lint in expression.lints { item.warn("source", "\(lint)") }
    for name in expression.attributeNames.sorted() where UserProperty.kind(of: name) == nil {
      if let guess = NearestName.of(name, among: UserProperty.names) {
        item.report("source", "'\(name)' is not an attribute of a user, did you mean '\(guess)'?")
      } else {
        item.warn("source", "'\(name)' is not known as an attribute of a user: Graph may refuse to read it")
      }
    }
    return expression
  }

  private static func check(_ mappings: [AttributeMapping], _ reader: inout ConfigurationReader) {
    var seen: Set<TargetAttribute> = []
    var places: Set<Int> = []
    for mapping in mappings {
      if !seen.insert(mapping.target).inserted {
        reader.report("mappings.users", "\(mapping.target) is mapped more than once")
      }
      if let sequence = mapping.sequence, !places.insert(sequence).inserted {
        reader.report("mappings.users", "two devices have sequence: \(sequence): each needs a place of its own")
      }
    }
    if !mappings.contains(where: { $0.matching != nil }) {
      reader.report("mappings.users", "one mapping at least must be matching: 1, or no person is found in xMatters")
    }
    for required in [TargetAttribute.targetName, .firstName, .lastName] where !seen.contains(required) {
      reader.report("mappings.users", "\(required) must be mapped: xMatters requires it")
    }
  }

  /// The defaults (docs/configuration.md, "Default mappings").
  static let defaults: [AttributeMapping] = {
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
}

extension TargetAttribute {
  /// What xMatters can be searched by (docs/configuration.md, "Matching").
  fileprivate var isSearchable: Bool {
    switch self {
    case .targetName, .webLogin, .device: true
    default: false
    }
  }
}
