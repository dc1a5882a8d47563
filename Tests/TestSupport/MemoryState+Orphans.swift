package import ProvisioningModel

extension MemoryState {
  package func orphans(after id: ObjectID?, limit: Int) async throws(Failure) -> [Orphan] {
    try await access(.readState) { storage in
      Array(storage.orphans.drop { orphan in id.map { orphan.objectID <= $0 } ?? false }.prefix(limit))
    }
  }

  package func orphanCount(since time: Timestamp) async throws(Failure) -> OrphanCount {
    try await access(.readState) { storage in
      OrphanCount(all: storage.orphans.count, new: storage.orphans.count { $0.firstSeen >= time })
    }
  }

  package func hasLostLinks(since time: Timestamp) async throws(Failure) -> Bool {
    try await access(.readState) { storage in
      storage.links.values.contains { $0.lostSince.map { $0 >= time } ?? false }
        || storage.groupLinks.values.contains { $0.lostSince.map { $0 >= time } ?? false }
    }
  }

  package var allOrphans: [Orphan] { peek { $0.orphans } }
}

extension MemoryState.Storage {
  fileprivate var orphans: [Orphan] {
    (links.values.map { ObjectConnection.user($0) } + groupLinks.values.map { .group($0) }).compactMap(\.orphan)
      .sorted { $0.objectID < $1.objectID }
  }
}
