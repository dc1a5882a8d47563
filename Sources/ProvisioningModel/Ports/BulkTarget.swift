/// The port to the user upload of xMatters (docs/reference/xmatters-api.md, "User upload"): many new people at once, as rows of a file.
package protocol BulkTarget: Sendable {
  /// Hands people over who all have the same devices; xMatters makes them in its own time. Not repeatable: an unknown outcome is said in
  /// the failure.
  func upload(_ people: [NewPerson]) async throws(Failure) -> UploadID

  /// How far xMatters has come with it.
  func progress(of upload: UploadID) async throws(Failure) -> UploadProgress
}

/// The id of an import job.
package struct UploadID: Hashable, Sendable {
  package let rawValue: String

  package init(_ rawValue: String) {
    self.rawValue = rawValue
  }
}

/// What an import job says of itself. That it has ended does not say that anybody was made: a listing of people does.
package struct UploadProgress: Hashable, Sendable {
  package var isEnded: Bool
  /// Rows, as far as xMatters tells.
  package var processed: Int

  package init(isEnded: Bool, processed: Int) {
    self.isEnded = isEnded
    self.processed = processed
  }
}
