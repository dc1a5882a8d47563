/// The part of the port to what outlives the process that keeps removals and quarantine from being forgotten.
package protocol ProtectionState: Sendable {
  /// How many links there are of people who are provisioned and in scope.
  func activeLinkCount() async throws(Failure) -> Int

  /// Everybody who was put into a group.
  func groupMembers() async throws(Failure) -> Set<ObjectID>

  func countedRemovals() async throws(Failure) -> [CountedRemoval]
  /// Adds removals that the guard has let through, and forgets those from before `time`.
  func count(_ removals: [CountedRemoval], forgettingBefore time: Timestamp) async throws(Failure)

  func heldRemovals() async throws(Failure) -> [HeldRemoval]
  /// Adds held removals together with their entries in the provisioning log.
  func hold(_ removals: [HeldRemoval], _ entries: [ProvisioningLogEntry]) async throws(Failure)
  /// Stores what an operator decided on held removals.
  func set(_ state: HeldRemoval.State, of objects: [ObjectID]) async throws(Failure)

  /// The quarantine that the job is in, if any.
  func quarantine() async throws(Failure) -> QuarantineStatus?
  func setQuarantine(_ status: QuarantineStatus?) async throws(Failure)
}
