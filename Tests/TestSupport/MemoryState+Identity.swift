package import ProvisioningModel

extension MemoryState {
  package func identity() async throws(Failure) -> StateIdentity? {
    try await access(.readState) { $0.identity }
  }

  package func setIdentity(_ identity: StateIdentity, forgettingTarget: Bool) async throws(Failure) {
    try await access(.record) { storage in
      if forgettingTarget {
        (storage.links, storage.entitlements) = ([:], [:])
        (storage.groupLinks, storage.members) = ([:], [:])
        (storage.creations, storage.languages, storage.tombstones) = ([:], [:], [])
        storage.watermark = nil
      }
      storage.identity = identity
    }
  }

  package func tombstones() async throws(Failure) -> Set<ObjectID> {
    try await access(.readState) { $0.tombstones }
  }

  package var storedIdentity: StateIdentity? { peek { $0.identity } }
}
