/// What a read of one object of the directory found. A read that failed throws instead: unknown is not "gone".
package enum Observation<Object: Hashable & Sendable>: Hashable, Sendable {
  case present(Object)
  /// In the recycle bin, restorable for 30 days (docs/reference/microsoft-graph.md, "Deleted items").
  case softDeleted
  /// Neither among the objects of its kind nor in the recycle bin.
  case absent
}

package typealias UserObservation = Observation<DirectoryUser>
/// A read that broke off among the members has failed, too.
package typealias GroupObservation = Observation<DirectoryGroup>
