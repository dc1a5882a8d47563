/// What a run may do to an object that has left.
package enum RemovalPermission: Hashable, Sendable {
  /// Only plan it.
  case planOnly
  /// It is held: there is nothing to be done, not even to look at xMatters.
  case held
  /// - isCounted: It takes part in what the guard allows within its window.
  case granted(isCounted: Bool)
  /// An operator ordered it, although nothing of the directory calls for it. It counts, too.
  case ordered

  package var isGranted: Bool {
    switch self {
    case .granted, .ordered: true
    case .planOnly, .held: false
    }
  }
}
