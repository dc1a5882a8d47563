/// The part of the port to what outlives the process that keeps whom a file was to make: until they are claimed, nothing in xMatters says
/// whose they are. A run that has completed one takes its record away (`RunRecord.completesUpload`).
package protocol UploadState: Sendable {
  func uploads() async throws(Failure) -> [UploadRecord]
  /// Adds records, or replaces those of the same users.
  func add(uploads: [UploadRecord]) async throws(Failure)
  func forget(uploadsOf users: [ObjectID]) async throws(Failure)
}

/// A user whose person was in a file.
package struct UploadRecord: Hashable, Sendable {
  package var user: ObjectID
  package var targetName: String
  package var at: Timestamp

  package init(user: ObjectID, targetName: String, at: Timestamp) {
    self.user = user
    self.targetName = targetName
    self.at = at
  }
}
