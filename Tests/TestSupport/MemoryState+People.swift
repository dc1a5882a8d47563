package import ProvisioningModel

extension MemoryState {
  package func people(matching text: String, after id: ObjectID?, limit: Int) async throws(Failure) -> [ObjectID] {
    let text = text.lowercased()
    return try await access(.readState) { storage in
      var found = Set(
        storage.links.values.filter {
          $0.objectID.rawValue == text || $0.personID.rawValue == text
            || $0.targetName?.lowercased().contains(text) == true
        }.map(\.objectID))
      found.formUnion(storage.log.filter { $0.kind == .user && $0.searchText.contains(text) }.map(\.objectID))
      found.formUnion(storage.escrows.values.filter { $0.objectID.rawValue == text }.map(\.objectID))
      return Array(found.sorted().drop { other in id.map { other <= $0 } ?? false }.prefix(limit))
    }
  }

  package func actions(since time: Timestamp) async throws(Failure) -> [Timestamp: [String: Int]] {
    try await access(.readState) { storage in
      storage.log.filter { $0.time >= time }.reduce(into: [:]) { actions, entry in
        let hour = Timestamp(milliseconds: entry.time.milliseconds / 3_600_000 * 3_600_000)
        let name = entry.status == .failure ? "failure" : entry.action.rawValue
        actions[hour, default: [:]][name, default: 0] += 1
      }
    }
  }
}
