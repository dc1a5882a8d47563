package import ProvisioningModel

/// What became of the files of a cycle.
package struct BulkReport: Hashable, Sendable {
  package enum Ending: Hashable, Sendable {
    case done
    /// xMatters did not end an import job in time.
    case unfinished
    /// A file was not taken, or nothing was heard of it.
    case failed(Failure)
  }

  package var files = 0
  /// Rows of all files.
  package var uploaded = 0
  /// Of these, people that a listing showed afterwards. The others are made one by one.
  package var created = 0
  package var ending = Ending.done
}
