package import ProvisioningModel
package import ProvisioningRules

/// A complete listing of groups, for the length of one full cycle. Each group is handed out once; another request reads xMatters.
package actor GroupSnapshot {
  package enum Answer: Hashable, Sendable {
    case found(Group)
    /// The listing was read to its end and had no such group.
    case notListed
    /// There is no listing, or it was used: ask xMatters.
    case unknown
  }

  /// Whether there is a listing.
  package private(set) var isListed = false
  private var groups: [GroupID: Group] = [:]
  private var used: Set<GroupID> = []
  /// What runs have written to while groups were being listed; nil while they are not.
  private var outdated: Set<GroupID>?

  package init() {}

  /// Lists all groups. On a failure there is no snapshot at all.
  /// - Returns: The object and group of every external key that is ours.
  package func fill(from target: any Target, policy: MappingPolicy) async throws(Failure) -> [GroupLink] {
    clear()
    outdated = []
    defer { outdated = nil }
    var listed: [GroupID: Group] = [:]
    try await target.forEachGroup { listed[$0.id] = $0 }
    used = outdated ?? []
    groups = listed
    isListed = true
    return listed.values.compactMap { group in
      policy.object(ofExternalKey: group.externalKey).map { object in
        // It is not known any more why an inactive group is inactive: if it was unassigned, no delete may follow.
        GroupLink(
          objectID: object, groupID: group.id,
          condition: group.attributes[.status] == GroupStatus.inactive ? .released : .active, targetName: group.name,
          proof: .unproven)
      }
    }
  }

  package func clear() {
    isListed = false
    groups = [:]
    used = []
  }

  /// To be called once something was written to a group: what was listed may be older.
  package func outdate(_ id: GroupID) {
    outdated?.insert(id)
    if isListed { used.insert(id) }
  }

  /// Whether the listing was read to its end and had no such group.
  package func isMissing(_ id: GroupID) -> Bool { isListed && groups[id] == nil && !used.contains(id) }

  package func take(_ id: GroupID) -> Answer {
    guard isListed else { return .unknown }
    guard let group = groups[id] else { return used.contains(id) ? .unknown : .notListed }
    return used.insert(id).inserted ? .found(group) : .unknown
  }
}
