package import Expressions
package import ProvisioningModel

/// Everything configured about how an assigned group becomes a group in xMatters (docs/configuration.md, "Group mappings").
package struct GroupPolicy: Hashable, Sendable {
  /// What new groups are made as. A group that is there already keeps its kind.
  package var kind: GroupKind
  /// Over the attributes of the directory's group.
  package var name: Expression
  /// Nil leaves descriptions alone.
  package var description: Expression?
  /// Takes out members that were added by hand.
  package var isExact: Bool

  package init(kind: GroupKind = .broadcast, name: Expression, description: Expression? = nil, isExact: Bool = false) {
    self.kind = kind
    self.name = name
    self.description = description
    self.isExact = isExact
  }

  /// Every attribute that the directory is asked for.
  package var attributeNames: Set<String> {
    name.attributeNames.union(description?.attributeNames ?? [])
  }
}
