/// A group as the directory describes it: the attributes that the mapping asks for, and its members, read to the end.
package struct DirectoryGroup: Hashable, Sendable {
  package var id: ObjectID
  /// By their names in the mapping language; an absent or null attribute has no entry.
  package var attributes: [String: AttributeValue]
  /// The users among its direct members.
  package var members: Set<ObjectID>

  package init(id: ObjectID, attributes: [String: AttributeValue], members: Set<ObjectID>) {
    self.id = id
    self.attributes = attributes
    self.members = members
  }

  package var displayName: String? { attributes["displayName"]?.text }
}

/// What a read of one group found. A read that failed, or broke off among the members, throws instead.
package enum GroupObservation: Hashable, Sendable {
  case present(DirectoryGroup)
  /// In the recycle bin, restorable for 30 days (Graph reference, section 8).
  case softDeleted
  /// Neither among the groups nor in the recycle bin.
  case absent
}
