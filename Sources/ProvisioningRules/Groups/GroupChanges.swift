package import ProvisioningModel

/// What has to be written so that a group is as it ought to be. Pure.
package struct GroupChanges: Hashable, Sendable {
  package var attributes: [GroupAttribute: String]
  package var membership: MembershipDifference

  package init(attributes: [GroupAttribute: String], membership: MembershipDifference) {
    self.attributes = attributes
    self.membership = membership
  }

  package var isEmpty: Bool { attributes.isEmpty && membership.isEmpty }

  /// Only what differs.
  package static func between(
    _ group: Group, _ members: Set<MemberID>, and desired: DesiredGroup, recorded: Set<GroupMember>, isExact: Bool
  ) -> GroupChanges {
    GroupChanges(
      attributes: desired.attributes.filter { group.attributes[$0.key] != $0.value },
      membership: desired.membership.difference(from: members, recorded: recorded, isExact: isExact))
  }

  /// So many members are listed one by one in a log entry; its step says how many there were.
  static let listedMembers = 100

  /// The changes as the provisioning log shows them, old to new; members by their ids.
  package func modifiedProperties(from group: Group?) -> [ProvisioningLogEntry.ModifiedProperty] {
    let scalars = attributes.sorted { $0.key.rawValue < $1.key.rawValue }.map { attribute, value in
      ProvisioningLogEntry.ModifiedProperty(
        name: attribute.rawValue, oldValue: group?.attributes[attribute], newValue: value)
    }
    let added = membership.added.map {
      ProvisioningLogEntry.ModifiedProperty(name: "members.\($0)", oldValue: nil, newValue: "member")
    }
    let removed = membership.removed.map {
      ProvisioningLogEntry.ModifiedProperty(name: "members.\($0)", oldValue: "member", newValue: nil)
    }
    return scalars + (added + removed).prefix(Self.listedMembers)
  }
}

extension MembershipDifference {
  /// For a log entry, such as `3 members added, 1 removed`.
  package var summary: String {
    "\(added.count) member\(added.count == 1 ? "" : "s") added, \(removed.count) removed"
  }
}
