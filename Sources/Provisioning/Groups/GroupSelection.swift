/// Which groups are to be looked at. Pure.
struct GroupSelection: Sendable {
  /// The groups whose assignment counts.
  var assigned: Set<ObjectID>
  var links: [GroupLink]

  /// Assigned and not provisioned yet, or provisioned and no longer assigned.
  var unsettled: Set<ObjectID> {
    let active = Set(links.lazy.filter { $0.condition == .active }.map(\.objectID))
    let managed = links.lazy.filter { $0.condition != .released }.map(\.objectID)
    return assigned.subtracting(active).union(managed.filter { !assigned.contains($0) })
  }

  /// All that are assigned or managed.
  var everything: Set<ObjectID> {
    assigned.union(links.lazy.filter { $0.condition != .released }.map(\.objectID))
  }
}
