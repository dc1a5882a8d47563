/// The part of the state's port that keeps a job's own affairs.
package protocol JobState: Sendable {
  func jobRecord() async throws(Failure) -> JobRecord
  func setJobRecord(_ record: JobRecord) async throws(Failure)
  func reset(_ reset: StateReset) async throws(Failure)
  /// How many objects of each kind are in sync: provisioned and in scope.
  func synchronizedEntryCounts() async throws(Failure) -> [ObjectKind: Int]
}
