/// A user as the directory describes it: the attributes that the mappings and filters ask for.
package struct DirectoryUser: Hashable, Sendable {
  package var id: ObjectID
  package var accountEnabled: Bool
  /// By their names in the mapping language (`userPrincipalName`, `extensionAttribute3`); an absent or null attribute has no entry.
  package var attributes: [String: AttributeValue]
  /// Nil when the user has none, or when no mapping asks for it.
  package var manager: ObjectID?

  package init(
    id: ObjectID, accountEnabled: Bool, attributes: [String: AttributeValue], manager: ObjectID? = nil
  ) {
    self.id = id
    self.accountEnabled = accountEnabled
    self.attributes = attributes
    self.manager = manager
  }

  package var displayName: String? { attributes["displayName"]?.text }
}

/// The value of one directory attribute. Null is the absence of a value.
package enum AttributeValue: Hashable, Sendable {
  case text(String)
  case texts([String])
  case boolean(Bool)
  case integer(Int64)

  package var text: String? {
    if case .text(let text) = self { text } else { nil }
  }
}
