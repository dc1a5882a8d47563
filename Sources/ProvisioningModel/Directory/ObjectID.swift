/// The id of a directory object: a GUID, read whatever its letter case, so that `Users/ABC` and `users/abc` are one object.
package struct ObjectID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// A GUID is kept as its number, which takes a fifth of the room of its text: sets of a hundred thousand of them are common.
  private enum Storage: Hashable, Sendable {
    case guid(UInt64, UInt64)
    /// Anything else, in lower case.
    case text(String)
  }

  private let storage: Storage

  package init(_ text: String) {
    storage = GUID.parse(text).map { .guid($0.high, $0.low) } ?? .text(text.lowercased())
  }

  /// In lower case.
  package var rawValue: String {
    switch storage {
    case .guid(let high, let low): GUID.text(high, low)
    case .text(let text): text
    }
  }

  package var description: String { rawValue }

  /// Whether it may be the id of a directory object at all.
  package var isGUID: Bool {
    if case .guid = storage { true } else { false }
  }

  /// Whether the text has the form of a GUID.
  package static func isWellFormed(_ text: String) -> Bool { GUID.parse(text) != nil }

  package static func < (left: ObjectID, right: ObjectID) -> Bool {
    if case .guid(let high, let low) = left.storage, case .guid(let otherHigh, let otherLow) = right.storage {
      return (high, low) < (otherHigh, otherLow)
    }
    return left.rawValue < right.rawValue
  }
}

/// The kinds of directory object that a job looks at, spelled as in the provisioning log.
package enum ObjectKind: String, Sendable, Hashable, CaseIterable {
  case user = "User"
  case group = "Group"

  /// For sentences.
  package var noun: String { rawValue.lowercased() }
}

/// What stands in the queue. Every signal becomes one of these; none of them carries what the signal claimed.
package enum WorkKey: Hashable, Sendable, CustomStringConvertible {
  /// Make xMatters agree with what the directory says about this user now.
  case user(ObjectID)
  /// Make xMatters agree with what the directory says about this group now.
  case group(ObjectID)
  /// Read the members of this group again, if it is assigned, and queue the users that this concerns.
  case members(ObjectID)
  /// Read the application's assignments again and queue the users that this concerns.
  case assignments
  /// Judge the removals that are planned.
  case removals

  package init(_ kind: ObjectKind, _ id: ObjectID) {
    self = kind == .user ? .user(id) : .group(id)
  }

  /// The user or group that it stands for, which may fail on its own; nil for a read that concerns many.
  package var object: (kind: ObjectKind, id: ObjectID)? {
    switch self {
    case .user(let id): (.user, id)
    case .group(let id): (.group, id)
    case .members, .assignments, .removals: nil
    }
  }

  package var isObject: Bool { object != nil }

  package var description: String {
    switch self {
    case .user(let id): "user \(id)"
    case .group(let id): "group \(id)"
    case .members(let id): "members of \(id)"
    case .assignments: "assignments"
    case .removals: "removals"
    }
  }
}
