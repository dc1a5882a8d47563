package import Provisioning
import Synchronization

/// The port `State` in memory; it survives whatever is made to crash around it.
package final class MemoryState: State {
  private struct Storage {
    var links: [ObjectID: Link] = [:]
    var escrows: [ObjectID: Escrow] = [:]
    var watermark: Watermark?
    var subscriptions: [SubscriptionRecord] = []
    var log: [ProvisioningLogEntry] = []
    var entitlements: [ObjectID: UInt64] = [:]
  }

  package let faults: Faults
  private let storage = Mutex(Storage())

  package init(faults: Faults = Faults()) {
    self.faults = faults
  }

  /// Loses everything, as when the file is deleted.
  package func lose() {
    storage.withLock { $0 = Storage() }
  }

  /// Puts a link there, whatever the faults.
  package func put(_ link: Link) {
    storage.withLock { $0.links[link.objectID] = link }
  }

  package var allLinks: [ObjectID: Link] { storage.withLock { $0.links } }
  package var allEscrows: [ObjectID: Escrow] { storage.withLock { $0.escrows } }
  package var entries: [ProvisioningLogEntry] { storage.withLock { $0.log } }
  package var storedWatermark: Watermark? { storage.withLock { $0.watermark } }

  private func access<Answer>(
    _ operation: Operation, _ body: (inout sending Storage) -> sending Answer
  ) async throws(Failure) -> sending Answer {
    _ = try await faults.meet(operation)
    return storage.withLock { body(&$0) }
  }

  package func link(_ id: ObjectID) async throws(Failure) -> Link? {
    try await access(.readState) { $0.links[id] }
  }

  package func link(person: PersonID) async throws(Failure) -> Link? {
    try await access(.readState) { $0.links.values.first { $0.personID == person } }
  }

  package func links() async throws(Failure) -> [Link] {
    try await access(.readState) { $0.links.values.sorted { $0.objectID < $1.objectID } }
  }

  package func links(awaiting manager: ObjectID) async throws(Failure) -> [ObjectID] {
    try await access(.readState) { storage in
      storage.links.values.filter { $0.pendingSupervisor == manager }.map(\.objectID).sorted()
    }
  }

  package func record(_ outcome: RunRecord) async throws(Failure) {
    try await access(.record) { storage in
      switch outcome.link {
      case .unchanged: break
      case .set(let link): storage.links[link.objectID] = link
      case .remove: storage.links[outcome.objectID] = nil
      }
      switch outcome.escrow {
      case .clear: storage.escrows[outcome.objectID] = nil
      case .set(let escrow): storage.escrows[outcome.objectID] = escrow
      }
      switch outcome.entitlement {
      case .unchanged: break
      case .set(let digest): storage.entitlements[outcome.objectID] = digest
      case .forgetAll: storage.entitlements = storage.entitlements.mapValues { _ in 0 }
      }
      if let entry = outcome.entry { storage.log.append(entry) }
    }
  }

  package func entitlements() async throws(Failure) -> [ObjectID: UInt64] {
    try await access(.readState) { $0.entitlements }
  }

  package func kept(of user: ObjectID) async throws(Failure) -> KeptUser {
    try await access(.readState) {
      KeptUser(link: $0.links[user], escrow: $0.escrows[user], entitlement: $0.entitlements[user])
    }
  }

  package func adopt(_ links: [Link]) async throws(Failure) {
    try await access(.adopt) { storage in
      for link in links where storage.links[link.objectID] == nil {
        storage.links[link.objectID] = link
      }
    }
  }

  package func forgetDigests() async throws(Failure) {
    try await access(.record) { storage in
      for id in storage.links.keys { storage.links[id]?.digest = nil }
    }
  }

  package func escrow(_ id: ObjectID) async throws(Failure) -> Escrow? {
    try await access(.readState) { $0.escrows[id] }
  }

  package func escrows() async throws(Failure) -> [Escrow] {
    try await access(.readState) { $0.escrows.values.sorted { $0.objectID < $1.objectID } }
  }

  package func watermark() async throws(Failure) -> Watermark? {
    try await access(.readState) { $0.watermark }
  }

  package func setWatermark(_ watermark: Watermark?) async throws(Failure) {
    try await access(.setWatermark) { $0.watermark = watermark }
  }

  package func subscriptions() async throws(Failure) -> [SubscriptionRecord] {
    try await access(.readState) { $0.subscriptions }
  }

  package func setSubscriptions(_ subscriptions: [SubscriptionRecord]) async throws(Failure) {
    try await access(.record) { $0.subscriptions = subscriptions }
  }

  package func log(limit: Int) async throws(Failure) -> [ProvisioningLogEntry] {
    try await access(.readState) { Array($0.log.reversed().prefix(limit)) }
  }

  package func pruneLog(before time: Timestamp) async throws(Failure) {
    try await access(.record) { $0.log.removeAll { $0.time < time } }
  }
}
