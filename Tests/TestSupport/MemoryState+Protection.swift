package import ProvisioningModel

extension MemoryState {
  package var allHeld: [ObjectID: HeldRemoval] { peek { $0.held } }
  package var allCounted: [ObjectID: CountedRemoval] { peek { $0.counted } }
  package var storedQuarantine: QuarantineStatus? { peek { $0.quarantine } }

  package func activeLinkCount() async throws(Failure) -> Int {
    try await access(.readState) { storage in
      storage.links.values.count { $0.condition == .active && $0.orphanSince == nil }
    }
  }

  package func groupMembers() async throws(Failure) -> Set<ObjectID> {
    try await access(.readState) { storage in
      Set(storage.members.values.joined().filter { $0.person != nil }.map(\.user))
    }
  }

  package func countedRemovals() async throws(Failure) -> [CountedRemoval] {
    try await access(.readState) { Array($0.counted.values) }
  }

  package func count(_ removals: [CountedRemoval], forgettingBefore time: Timestamp) async throws(Failure) {
    try await access(.record) { storage in
      storage.counted = storage.counted.filter { $0.value.at >= time }
      for removal in removals { storage.counted[removal.objectID] = removal }
    }
  }

  package func heldRemovals() async throws(Failure) -> [HeldRemoval] {
    try await access(.readState) { Array($0.held.values) }
  }

  package func hold(_ removals: [HeldRemoval], _ entries: [ProvisioningLogEntry]) async throws(Failure) {
    try await access(.record) { storage in
      for removal in removals { storage.held[removal.objectID] = removal }
      storage.log += entries
    }
  }

  package func set(_ state: HeldRemoval.State, of objects: [ObjectID]) async throws(Failure) {
    try await access(.record) { storage in
      for object in objects { storage.held[object]?.state = state }
    }
  }

  package func quarantine() async throws(Failure) -> QuarantineStatus? {
    try await access(.readState) { $0.quarantine }
  }

  package func setQuarantine(_ status: QuarantineStatus?) async throws(Failure) {
    try await access(.record) { $0.quarantine = status }
  }
}

extension MemoryState.Storage {
  mutating func apply(_ change: RunRecord.RemovalChange, to object: ObjectID) {
    switch change {
    case .unchanged: break
    case .forget:
      held[object] = nil
      counted[object]?.isCarriedOut = true
    case .count(let removal):
      held[object] = nil
      counted[object] = removal
    }
  }
}
