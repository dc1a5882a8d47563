/// Which removals an operator decides on.
package enum RemovalSelection: Hashable, Sendable {
  case objects([ObjectID])
  /// All that are held, and were first held at the time or earlier: what the operator has seen.
  case all(before: Timestamp)
}
