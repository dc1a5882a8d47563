/// The id of a group in xMatters: a UUID as the service writes it.
package struct GroupID: Hashable, Sendable, CustomStringConvertible {
  package let rawValue: String

  package init(_ rawValue: String) {
    self.rawValue = rawValue
  }

  package var description: String { rawValue }
}

/// The id of a member of a group in xMatters: a person's, or that of a device or group that was put into it by hand.
package struct MemberID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let rawValue: String

  package init(_ rawValue: String) {
    self.rawValue = rawValue
  }

  package init(_ person: PersonID) {
    rawValue = person.rawValue
  }

  package var description: String { rawValue }

  package static func < (left: MemberID, right: MemberID) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// The kinds of group whose members can be set (docs/reference/xmatters-api.md, "Groups and members").
package enum GroupKind: String, Hashable, Sendable, CaseIterable {
  /// Has shifts, which say who of the members is notified when. Rollcall keeps the members; the shifts are made in xMatters.
  case onCall = "ON_CALL"
  /// All members are notified.
  case broadcast = "BROADCAST"
}

/// What Rollcall writes of a group, named as in the REST API.
package enum GroupAttribute: String, Hashable, Sendable, CaseIterable {
  case targetName, description, status
}

/// The values of a group's `status`.
package enum GroupStatus {
  package static let active = "ACTIVE"
  package static let inactive = "INACTIVE"
}

/// A group as xMatters describes it (docs/reference/xmatters-api.md, "Groups and members"), without its members.
package struct Group: Hashable, Sendable {
  package var id: GroupID
  package var externalKey: String?
  /// Nil for a kind whose members xMatters computes, such as `DYNAMIC`.
  package var kind: GroupKind?
  /// What xMatters leaves out has no entry.
  package var attributes: [GroupAttribute: String]

  package init(id: GroupID, externalKey: String?, kind: GroupKind?, attributes: [GroupAttribute: String]) {
    self.id = id
    self.externalKey = externalKey
    self.kind = kind
    self.attributes = attributes
  }

  package var name: String? { attributes[.targetName] }
}
