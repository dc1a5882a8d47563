import Expressions
import ProvisioningModel
import ProvisioningRules

/// Reads `mappings.groups` (docs/configuration.md, "Group mappings").
enum GroupPolicyReader {
  /// - Returns: Nil when groups are not provisioned. What is written there is checked all the same.
  static func read(_ reader: inout ConfigurationReader) -> GroupPolicy? {
    let isEnabled = reader.boolean("mappings.groups.enabled", default: false)
    let kind: GroupKind = reader.choice("mappings.groups.type", default: .broadcast)
    let name = expression("mappings.groups.name", default: "[displayName]", &reader)
    let description = expression("mappings.groups.description", default: nil, &reader)
    let isExact = reader.boolean("mappings.groups.exactMembership", default: false)
    if let name, name.attributeNames.isEmpty {
      reader.report("mappings.groups.name", "must read an attribute of the group, or all groups get the same name")
    }
    if let name, name.selectsUniqueValue {
      reader.report("mappings.groups.name", "must not use SelectUniqueValue: a group is found again by its name")
    }
    guard isEnabled, let name else { return nil }
    return GroupPolicy(kind: kind, name: name, description: description, isExact: isExact)
  }

  private static func expression(
    _ path: String, default fallback: String?, _ reader: inout ConfigurationReader
  ) -> Expression? {
    guard let text = reader.text(path, default: fallback) else { return nil }
    do throws(ExpressionError) {
      return try Expression(parsing: text)
    } catch {
      reader.report(path, "cannot be parsed: \(error)")
      return nil
    }
  }
}
