package import ProvisioningModel

extension MemoryState {
  package func connection(_ id: ObjectID) async throws(Failure) -> ObjectConnection? {
    try await access(.readState) { storage in
      storage.links[id].map { .user($0) } ?? storage.groupLinks[id].map { .group($0) }
    }
  }

  package func connections(after id: ObjectID?, limit: Int) async throws(Failure) -> [ObjectConnection] {
    try await access(.readState) { storage in
      let connections =
        storage.links.values.map { ObjectConnection.user($0) } + storage.groupLinks.values.map { .group($0) }
      return Array(
        connections.sorted { $0.objectID < $1.objectID }
          .drop { connection in id.map { connection.objectID <= $0 } ?? false }.prefix(limit))
    }
  }

  package func unlink(_ id: ObjectID) async throws(Failure) -> Bool {
    try await access(.record) { storage in
      storage.entitlements[id] = nil
      storage.members[id] = nil
      let wasUser = storage.links.removeValue(forKey: id) != nil
      let wasLinked = storage.groupLinks.removeValue(forKey: id) != nil || wasUser
      if wasLinked { storage.tombstones.insert(id) }
      return wasLinked
    }
  }
}
