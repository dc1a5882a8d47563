import Expressions
package import ProvisioningModel

/// What a group in xMatters ought to be. Pure: made by the mapping from what the directory says about one group.
package struct DesiredGroup: Hashable, Sendable {
  /// The longest name and description that xMatters takes (docs/reference/xmatters-api.md, "Groups and members").
  static let maximumNameLength = 100
  static let maximumDescriptionLength = 1024

  package var kind: GroupKind
  /// Maintained: written whenever they differ.
  package var attributes: [GroupAttribute: String]
  package var membership: DesiredMembership
  /// What was left out and why, without the values.
  package var warnings: [String]

  package var name: String { attributes[.targetName] ?? "" }

  /// - Throws: A `Failure` to escrow when the group has no name that xMatters takes.
  package init(
    _ group: DirectoryGroup, membership: DesiredMembership, policy: GroupPolicy, now: Timestamp
  ) throws(Failure) {
    let context = EvaluationContext(attributes: { group.value($0) }, now: now.milliseconds)
    kind = policy.kind
    attributes = [.targetName: try Self.name(policy.name, context), .status: GroupStatus.active]
    self.membership = membership
    warnings = []
    if let description = policy.description {
      describe(by: description, context)
    }
  }

  private static func name(_ mapping: Expression, _ context: EvaluationContext) throws(Failure) -> String {
    let value: Value
    do {
      value = try mapping.evaluate(in: context)
    } catch {
      throw Failure(
        .escrow, .missingValues, "The mapping of the group's name failed: \(error)",
        advice: "Correct mappings.groups.name, or the attribute that it reads.")
    }
    guard let name = value.text, name.contains(where: { !$0.isWhitespace }) else {
      throw Failure(
        .escrow, .mandatoryFieldsMissing, "The group gives no value for its name, which xMatters requires.",
        advice: "Fill in the attribute that mappings.groups.name reads, or map the name to another one.")
    }
    guard name.count <= maximumNameLength else {
      throw Failure(
        .escrow, .unprocessableEntity,
        "The group's name has \(name.count) characters; xMatters takes \(maximumNameLength).",
        advice: "Shorten the name in the directory, or in mappings.groups.name, as with Left([displayName], 100).")
    }
    return name
  }

  private mutating func describe(by mapping: Expression, _ context: EvaluationContext) {
    do {
      guard let text = try mapping.evaluate(in: context).text, !text.isEmpty else { return }
      if text.count <= Self.maximumDescriptionLength {
        attributes[.description] = text
      } else {
        warnings.append(
          "The description has more than \(Self.maximumDescriptionLength) characters: it was left as it is.")
      }
    } catch {
      warnings.append("The description was left as it is: \(error)")
    }
  }

  /// Of everything that is maintained. Equal digests mean that there is nothing to write.
  package var digest: UInt64 {
    var hash = StableHash()
    for (attribute, value) in attributes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      hash.combine(attribute.rawValue)
      hash.combine(value)
    }
    for person in membership.staying.map(\.rawValue).sorted() {
      hash.combine(person)
    }
    return hash.value
  }
}

extension DirectoryGroup {
  /// An attribute for the mapping language.
  fileprivate func value(_ name: String) -> Value {
    switch name {
    case "objectId", "id": .text(id.rawValue)
    default: Value(attributes[name])
    }
  }
}
