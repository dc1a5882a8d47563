/// What a run may do to somebody who has left.
package enum RemovalPermission: Hashable, Sendable {
  /// Only plan it.
  case planOnly
  /// It is held: there is nothing to be done, not even to look at xMatters.
  case held
  /// - isCounted: It takes part in what the guard allows within its window.
  case granted(isCounted: Bool)

  package var isGranted: Bool { if case .granted = self { true } else { false } }
}
