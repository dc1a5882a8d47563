/// The id of a person or a group in xMatters, where it may be either's.
package struct TargetID: Hashable, Sendable, CustomStringConvertible {
  package let rawValue: String

  package init(_ rawValue: String) {
    self.rawValue = rawValue
  }

  package init(_ person: PersonID) {
    rawValue = person.rawValue
  }

  package init(_ group: GroupID) {
    rawValue = group.rawValue
  }

  package var description: String { rawValue }
}
