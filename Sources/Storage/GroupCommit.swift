import Provisioning

/// Stores in one transaction what is recorded at about the same time: a commit costs much more than the rows in it. Nobody waits for
/// company: whoever comes first is stored at once, and those who come meanwhile are together in the next transaction.
actor GroupCommit {
  typealias Commit = @Sendable ([RunRecord]) async throws(Failure) -> Void

  private var waiting: [(record: RunRecord, done: CheckedContinuation<Result<Void, Failure>, Never>)] = []
  private var isCommitting = false

  /// So many wait for the next transaction.
  var count: Int { waiting.count }

  /// Returns when the record is stored.
  /// - Parameter commit: Stores all of them in one transaction, or none.
  /// - Throws: When the record is not stored; the others of its transaction have another chance.
  func store(_ record: RunRecord, by commit: @escaping Commit) async throws(Failure) {
    let result = await withCheckedContinuation { done in
      waiting.append((record, done))
      guard !isCommitting else { return }
      isCommitting = true
      // Of its own: should this caller be cancelled, the others still wait.
      Task { await self.storeWaiting(by: commit) }
    }
    try result.get()
  }

  private func storeWaiting(by commit: Commit) async {
    while !waiting.isEmpty {
      let group = waiting
      waiting = []
      let result = await Self.result(of: commit, group.map(\.record))
      for (record, done) in group {
        if case .failure = result, group.count > 1 {
          done.resume(returning: await Self.result(of: commit, [record]))
        } else {
          done.resume(returning: result)
        }
      }
    }
    isCommitting = false
  }

  private static func result(of commit: Commit, _ records: [RunRecord]) async -> Result<Void, Failure> {
    do throws(Failure) { return .success(try await commit(records)) } catch { return .failure(error) }
  }
}
