/// The part of the port to what outlives the process that knows which objects were let go on purpose: by an operator who unlinked them, or
/// when they left and were released. A listing of xMatters does not take them up again; a run that matches one ends its tombstone.
package protocol TombstoneState: Sendable {
  func tombstones() async throws(Failure) -> Set<ObjectID>
}
