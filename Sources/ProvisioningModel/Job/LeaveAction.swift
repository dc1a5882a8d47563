/// What to do with an account whose user left.
package enum LeaveAction: String, Hashable, Sendable, CaseIterable {
  case disable, delete, none
}
