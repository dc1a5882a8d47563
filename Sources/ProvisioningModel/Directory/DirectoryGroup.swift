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
