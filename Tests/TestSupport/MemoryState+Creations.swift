package import ProvisioningModel

extension MemoryState {
  package func creations() async throws(Failure) -> [Creation] {
    try await access(.readState) { $0.creations.values.sorted { $0.object < $1.object } }
  }

  package func add(creations: [Creation]) async throws(Failure) {
    try await access(.record) { storage in
      for creation in creations { storage.creations[creation.object] = creation }
    }
  }

  package func forget(creationsOf objects: [ObjectID]) async throws(Failure) {
    try await access(.record) { storage in
      for object in objects { storage.creations[object] = nil }
    }
  }
}
