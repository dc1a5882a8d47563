/// Why something is to be taken from a person or a group.
package enum RemovalReason: String, Hashable, Sendable, CaseIterable {
  case unassigned, filteredOut, accountDisabled, softDeleted, hardDeleted
  /// Neither in the directory nor in its recycle bin, and not proven to be deleted.
  case missing
  /// The group stays and loses members.
  case membersGone
  /// The person stays and loses roles or devices.
  case valuesLost
  /// The directory has never known the object; an operator ordered it.
  case orphan
}
