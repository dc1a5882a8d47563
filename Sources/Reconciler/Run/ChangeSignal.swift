/// How Rollcall learned that an object may have changed.
package enum ChangeSignal: String, Hashable, Sendable, CaseIterable {
  /// Of the directory, or an order of an operator.
  case notification
  /// A look at what has changed, between cycles.
  case pulse
  case cycle
}
