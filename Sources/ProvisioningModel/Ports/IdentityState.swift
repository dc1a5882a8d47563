/// The part of the port to what outlives the process that knows what all of it is a cache of.
package protocol IdentityState: Sendable {
  /// Nil in a state that was never told.
  func identity() async throws(Failure) -> StateIdentity?
  /// - Parameter forgettingTarget: Also forgets all that is known of xMatters, and the watermark with it.
  func setIdentity(_ identity: StateIdentity, forgettingTarget: Bool) async throws(Failure)
}
