package import Provisioning

extension MemoryState {
  package func uploads() async throws(Failure) -> [UploadRecord] {
    try await access(.readState) { $0.uploads.values.sorted { $0.user < $1.user } }
  }

  package func add(uploads: [UploadRecord]) async throws(Failure) {
    try await access(.record) { storage in
      for upload in uploads { storage.uploads[upload.user] = upload }
    }
  }

  package func forget(uploadsOf users: [ObjectID]) async throws(Failure) {
    try await access(.record) { storage in
      for user in users { storage.uploads[user] = nil }
    }
  }
}
