import HTTPTransport
import JSON
import ProvisioningModel

// Reads of many users at once, for cycles.

extension UserReader {
  private static var maxIDs: Int { 1000 }

  /// Those of the users that are there: by `getByIds`, which costs two resource units for a thousand users, unless managers are asked
  /// for, which it does not give; then, and where it is refused, in full `$batch` requests (docs/reference/microsoft-graph.md, "Batches
  /// and bulk reads"; docs/reference/microsoft-graph.md, "Throttling").
  func users(_ ids: [ObjectID]) async throws(Failure) -> [ObjectID: DirectoryUser] {
    if attributes.needsManager { return await readInBatches(ids) }
    var found: [ObjectID: DirectoryUser] = [:]
    for start in stride(from: 0, to: ids.count, by: Self.maxIDs) {
      let part = Array(ids[start..<min(start + Self.maxIDs, ids.count)])
      found.merge(try await readByIDs(part)) { _, new in new }
    }
    return found
  }

  private func readByIDs(_ ids: [ObjectID]) async throws(Failure) -> [ObjectID: DirectoryUser] {
    if isGetByIDsRefused { return await readInBatches(ids) }
    let route = "/directoryObjects/getByIds"
    let answer = try await client.exchange(
      .post, "\(route)?\(attributes.bulkQuery)", route: route,
      body: ["ids": .array(ids.map { .string($0.rawValue) }), "types": ["user"]])
    if [400, 403, 404, 405, 501].contains(answer.status) {
      // Which permission it takes is not settled (docs/reference/microsoft-graph.md, "Permissions"): a refusal says nothing about other
      // calls.
      isGetByIDsRefused = true
      return await readInBatches(ids)
    }
    guard answer.isSuccess else { throw GraphFailure.refused(answer, .post, route) }
    guard let rows = answer.json?["value"], rows.kind == .array else {
      throw GraphFailure.unreadable("graph", .post, route, "it has no value")
    }
    var found: [ObjectID: DirectoryUser] = [:]
    for row in rows.elements {
      // One that cannot be read is read by itself, and fails by itself.
      if let user = try? attributes.user(row) { found[user.id] = user }
    }
    return found
  }

  /// A few batches at a time. Users that a batch could not give are left out.
  private func readInBatches(_ ids: [ObjectID]) async -> [ObjectID: DirectoryUser] {
    var starts = stride(from: 0, to: ids.count, by: GraphBatch.maxItems).makeIterator()
    return await withTaskGroup(of: [DirectoryUser].self) { group in
      func addNext() {
        guard let start = starts.next() else { return }
        let batch = ids[start..<min(start + GraphBatch.maxItems, ids.count)].map { Read(ticket: 0, id: $0) }
        group.addTask { await self.present(in: batch) }
      }
      for _ in 0..<GraphBatch.maxUnderWay { addNext() }
      var found: [ObjectID: DirectoryUser] = [:]
      for await users in group {
        for user in users { found[user.id] = user }
        // While Graph gives nothing, the rest is not asked for.
        if !users.isEmpty { addNext() }
      }
      return found
    }
  }

  private func present(in batch: [Read]) async -> [DirectoryUser] {
    await several(batch).compactMap { verdict in
      if case .finished(.success(.present(let user))) = verdict { user } else { nil }
    }
  }
}
