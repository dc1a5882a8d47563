/// The part of the port to what outlives the process that tells of orphans; they are links like others.
package protocol OrphanState: Sendable {
  /// A page of them, ordered by object id, that begins after the given one.
  func orphans(after: ObjectID?, limit: Int) async throws(Failure) -> [Orphan]
  /// How many there are, and how many of them were first seen at the time or later.
  func orphanCount(since time: Timestamp) async throws(Failure) -> OrphanCount
}

package struct OrphanCount: Hashable, Sendable {
  package var all: Int
  package var new: Int

  package init(all: Int = 0, new: Int = 0) {
    self.all = all
    self.new = new
  }
}
