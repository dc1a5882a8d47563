package import ProvisioningModel

/// Which groups are to be looked at. Pure.
package struct GroupSelection: Sendable {
  /// The groups whose assignment counts, with what it says, as `Entitlement.digest`.
  var assigned: [ObjectID: UInt64]
  var links: [GroupLink]
  /// What the assignments said when the groups were last looked at; without those that were not assigned then.
  var lookedAt: [ObjectID: UInt64]
  /// They are looked at again when it is time to, or when something changes.
  package var failing: Set<ObjectID>

  /// Those of which the assignments say something else than before, and those that a process left behind while it looked at them.
  package var unsettled: Set<ObjectID> {
    var groups = Set(assigned.lazy.filter { lookedAt[$0.key] != $0.value }.map(\.key))
    groups.formUnion(lookedAt.keys.lazy.filter { assigned[$0] == nil })
    groups.formUnion(managed.filter { assigned[$0] == nil && !failing.contains($0) })
    return groups
  }

  /// All that are assigned or managed.
  package var everything: Set<ObjectID> { Set(assigned.keys).union(managed) }

  private var managed: some Sequence<ObjectID> {
    links.lazy.filter { $0.condition != .released || $0.isUnexamined || $0.isLost }.map(\.objectID)
  }
}

extension GroupSelection {
  /// As the scope and the state have it now.
  package init(_ scope: Scope, _ state: any State) async throws(Failure) {
    assigned = await scope.groupDigests
    links = try await state.groupLinks()
    lookedAt = try await state.entitlements(of: .group)
    failing = Set(try await state.escrows().lazy.filter { $0.kind == .group }.map(\.objectID))
  }
}
