/// The id of a directory object: a GUID, kept in lower case so that `Users/ABC` and `users/abc` are one object.
package struct ObjectID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let rawValue: String

  package init(_ text: String) {
    rawValue = text.lowercased()
  }

  package var description: String { rawValue }

  package static func < (left: ObjectID, right: ObjectID) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// The kinds of directory object that a job looks at, spelled as in the provisioning log.
package enum ObjectKind: String, Sendable, Hashable, CaseIterable {
  case user = "User"
  case group = "Group"
}

/// What stands in the queue. Every signal becomes one of these; none of them carries what the signal claimed.
package enum WorkKey: Hashable, Sendable, CustomStringConvertible {
  /// Make xMatters agree with what the directory says about this user now.
  case user(ObjectID)
  /// Read the members of this group again, if it is assigned, and queue the users that this concerns.
  case group(ObjectID)
  /// Read the application's assignments again and queue the users that this concerns.
  case assignments

  package var description: String {
    switch self {
    case .user(let id): "user \(id)"
    case .group(let id): "group \(id)"
    case .assignments: "assignments"
    }
  }
}
