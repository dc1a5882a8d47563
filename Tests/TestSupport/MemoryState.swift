package import ProvisioningModel
import Synchronization

/// The port `State` in memory; it survives whatever is made to crash around it.
package final class MemoryState: State {
  struct Storage {
    var links: [ObjectID: Link] = [:]
    var groupLinks: [ObjectID: GroupLink] = [:]
    var members: [ObjectID: Set<GroupMember>] = [:]
    var escrows: [ObjectID: Escrow] = [:]
    var watermark: Watermark?
    var revisits: [ObjectKind: Set<ObjectID>] = [:]
    var subscriptions: [SubscriptionRecord] = []
    var job = JobRecord()
    var log: [ProvisioningLogEntry] = []
    /// Of every object that has one, with its kind.
    var entitlements: [ObjectID: (kind: ObjectKind, digest: UInt64)] = [:]
    var counted: [ObjectID: CountedRemoval] = [:]
    var held: [ObjectID: HeldRemoval] = [:]
    var quarantine: QuarantineStatus?
    var languages: [String: Timestamp] = [:]
    var creations: [ObjectID: Creation] = [:]
    var identity: StateIdentity?
    var tombstones: Set<ObjectID> = []
    var audit: [AuditEntry] = []

    mutating func removeLink(of object: ObjectID) {
      guard let removed = links.removeValue(forKey: object) else { return }
      links = links.filter { $0.value.condition != .released || $0.value.personID != removed.personID }
    }

    mutating func set(_ link: Link) {
      for other in links.values
      where !link.isLost && other.personID == link.personID && other.objectID != link.objectID {
        links[other.objectID] = Link(
          objectID: other.objectID, personID: other.personID, condition: .released, targetName: other.targetName)
      }
      links[link.objectID] = link
    }
  }

  package let faults: Faults
  private let storage = Mutex(Storage())

  package init(faults: Faults = Faults()) {
    self.faults = faults
  }

  /// The same once more, to be thrown away; without faults.
  package func copy() -> MemoryState {
    let copy = MemoryState()
    let storage = storage.withLock { $0 }
    copy.storage.withLock { $0 = storage }
    return copy
  }

  /// Loses everything, as when the file is deleted.
  package func lose() {
    storage.withLock { $0 = Storage() }
  }

  /// Puts a link there, whatever the faults.
  package func put(_ link: Link) {
    storage.withLock { $0.links[link.objectID] = link }
  }

  package func put(_ identity: StateIdentity) {
    storage.withLock { $0.identity = identity }
  }

  package func put(_ watermark: Watermark) {
    storage.withLock { $0.watermark = watermark }
  }

  package func put(_ link: GroupLink) {
    storage.withLock { $0.groupLinks[link.objectID] = link }
  }

  package var allLinks: [ObjectID: Link] { storage.withLock { $0.links } }
  package var allGroupLinks: [ObjectID: GroupLink] { storage.withLock { $0.groupLinks } }
  package var allMembers: [ObjectID: Set<GroupMember>] { storage.withLock { $0.members } }
  package var allEscrows: [ObjectID: Escrow] { storage.withLock { $0.escrows } }
  package var entries: [ProvisioningLogEntry] { storage.withLock { $0.log } }
  package var storedJobRecord: JobRecord { storage.withLock { $0.job } }
  package var storedWatermark: Watermark? { storage.withLock { $0.watermark } }

  func peek<Answer: Sendable>(_ body: (Storage) -> Answer) -> Answer { storage.withLock { body($0) } }

  func access<Answer>(
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

  package func links(of users: Set<ObjectID>) async throws(Failure) -> [Link] {
    try await access(.readState) { storage in users.sorted().compactMap { storage.links[$0] } }
  }

  package func groupLink(_ id: ObjectID) async throws(Failure) -> GroupLink? {
    try await access(.readState) { $0.groupLinks[id] }
  }

  package func groupLinks() async throws(Failure) -> [GroupLink] {
    try await access(.readState) { $0.groupLinks.values.sorted { $0.objectID < $1.objectID } }
  }

  package func members(of group: ObjectID) async throws(Failure) -> Set<GroupMember> {
    try await access(.readState) { $0.members[group] ?? [] }
  }

  package func groups(containing user: ObjectID) async throws(Failure) -> [ObjectID] {
    try await access(.readState) { storage in
      storage.members.filter { $0.value.contains { $0.user == user } }.keys.sorted()
    }
  }

  package func groupsBehindTheirMembers() async throws(Failure) -> [ObjectID] {
    try await access(.readState) { storage in
      storage.members.filter { entry in
        entry.value.contains { member in
          guard let link = storage.links[member.user], !link.isLost else { return false }
          return (link.condition == .released ? nil : link.personID) != member.person
        }
      }.keys.sorted()
    }
  }

  package func adopt(_ links: [GroupLink]) async throws(Failure) {
    try await access(.adopt) { storage in
      for link in links where storage.groupLinks[link.objectID] == nil {
        storage.groupLinks[link.objectID] = link
      }
    }
  }

  package func links(awaiting manager: ObjectID) async throws(Failure) -> [ObjectID] {
    try await access(.readState) { storage in
      storage.links.values.filter { $0.pendingSupervisor == manager }.map(\.objectID).sorted()
    }
  }

  package func linksAwaitingSomebodyLinked() async throws(Failure) -> [ObjectID] {
    try await access(.readState) { storage in
      storage.links.values.filter { link in link.pendingSupervisor.map { storage.links[$0] != nil } ?? false }
        .map(\.objectID).sorted()
    }
  }

  package func record(_ outcome: RunRecord) async throws(Failure) {
    try await access(.record) { storage in
      switch outcome.link {
      case .unchanged: break
      case .set(let link):
        storage.set(link)
        storage.tombstones.remove(link.objectID)
      case .remove: storage.removeLink(of: outcome.objectID)
      }
      switch outcome.group.link {
      case .unchanged: break
      case .set(let link):
        storage.groupLinks[link.objectID] = link
        storage.tombstones.remove(link.objectID)
      case .remove:
        storage.groupLinks[outcome.objectID] = nil
        storage.members[outcome.objectID] = nil
      }
      if let members = outcome.group.members { storage.members[outcome.objectID] = members }
      switch outcome.escrow {
      case .unchanged: break
      case .clear: storage.escrows[outcome.objectID] = nil
      case .set(let escrow): storage.escrows[outcome.objectID] = escrow
      }
      switch outcome.entitlement {
      case .unchanged: break
      case .set(let digest): storage.entitlements[outcome.objectID] = digest.map { (outcome.kind, $0) }
      case .forgetAll:
        for (id, known) in storage.entitlements where known.kind == .user { storage.entitlements[id]?.digest = 0 }
        storage.entitlements[outcome.objectID] = (outcome.kind, 0)
      }
      storage.apply(outcome.removal, to: outcome.objectID)
      if outcome.endsCreation { storage.creations[outcome.objectID] = nil }
      if let entry = outcome.entry { storage.log.append(entry) }
    }
  }

  package func entitlements(of kind: ObjectKind) async throws(Failure) -> [ObjectID: UInt64] {
    try await access(.readState) { $0.entitlements.filter { $0.value.kind == kind }.mapValues(\.digest) }
  }

  package func kept(of object: ObjectID) async throws(Failure) -> KeptObject {
    try await access(.readState) {
      KeptObject(link: $0.links[object], escrow: $0.escrows[object], entitlement: $0.entitlements[object]?.digest)
    }
  }

  package func adopt(_ links: [Link]) async throws(Failure) {
    try await access(.adopt) { storage in
      for link in links where storage.links[link.objectID] == nil { storage.set(link) }
    }
  }

  package func forgetDigests() async throws(Failure) {
    try await access(.record) { storage in
      for id in storage.links.keys { storage.links[id]?.digest = nil }
      for id in storage.groupLinks.keys { storage.groupLinks[id]?.digest = nil }
    }
  }

  package func escrow(_ id: ObjectID) async throws(Failure) -> Escrow? {
    try await access(.readState) { $0.escrows[id] }
  }

  package func escrows() async throws(Failure) -> [Escrow] {
    try await access(.readState) { $0.escrows.values.sorted { $0.objectID < $1.objectID } }
  }

  package func escrows(after id: ObjectID?, limit: Int) async throws(Failure) -> [Escrow] {
    try await access(.readState) { storage in
      let escrows = storage.escrows.values.sorted { $0.objectID < $1.objectID }
      return Array(escrows.drop { escrow in id.map { escrow.objectID <= $0 } ?? false }.prefix(limit))
    }
  }

  package func watermark() async throws(Failure) -> Watermark? {
    try await access(.readState) { $0.watermark }
  }

  package func setWatermark(_ watermark: Watermark?, revisiting: Set<WorkKey>) async throws(Failure) {
    try await access(.setWatermark) { storage in
      storage.watermark = watermark
      storage.revisits = Dictionary(grouping: revisiting.compactMap(\.object), by: \.kind).mapValues {
        Set($0.map(\.id))
      }
    }
  }

  package func revisits() async throws(Failure) -> [ObjectKind: Set<ObjectID>] {
    try await access(.readState) { $0.revisits }
  }

  package func jobRecord() async throws(Failure) -> JobRecord {
    try await access(.readState) { $0.job }
  }

  package func setJobRecord(_ record: JobRecord) async throws(Failure) {
    try await access(.record) { $0.job = record }
  }

  package func reset(_ reset: StateReset) async throws(Failure) {
    try await access(.record) { storage in
      if reset.contains(.escrows) { storage.escrows = [:] }
      if reset.contains(.links) {
        storage.tombstones.formUnion(storage.links.values.filter { $0.condition == .released }.map(\.objectID))
        storage.tombstones.formUnion(storage.groupLinks.values.filter { $0.condition == .released }.map(\.objectID))
        (storage.links, storage.entitlements) = ([:], [:])
        (storage.groupLinks, storage.members) = ([:], [:])
      }
      if reset.contains(.watermark) { storage.languages = [:] }
      if reset.contains(.watermark) || reset.contains(.links) { storage.watermark = nil }
    }
  }

  package func refusedLanguages() async throws(Failure) -> [String: Timestamp] {
    try await access(.readState) { $0.languages }
  }

  package func refuse(languages: [String: Timestamp]) async throws(Failure) {
    try await access(.record) { $0.languages.merge(languages) { $1 } }
  }

  package func synchronizedEntryCounts() async throws(Failure) -> [ObjectKind: Int] {
    try await access(.readState) { storage in
      [
        .user: storage.links.values.count { $0.condition == .active && $0.orphanSince == nil },
        .group: storage.groupLinks.values.count { $0.condition == .active && $0.orphanSince == nil },
      ]
    }
  }

  package func subscriptions() async throws(Failure) -> [SubscriptionRecord] {
    try await access(.readState) { $0.subscriptions }
  }

  package func setSubscriptions(_ subscriptions: [SubscriptionRecord]) async throws(Failure) {
    try await access(.record) { $0.subscriptions = subscriptions }
  }

  package func log(_ query: ProvisioningLogQuery) async throws(Failure) -> ProvisioningLogPage {
    try await access(.readState) { storage in
      typealias Place = (position: ProvisioningLogPage.Position, entry: ProvisioningLogEntry)
      let places = storage.log.enumerated().map { index, entry in
        Place(.init(time: entry.time, sequence: Int64(index)), entry)
      }
      let found = places.filter { query.matches($0.entry) }
        .sorted { ($0.position.time, $0.position.sequence) > ($1.position.time, $1.position.sequence) }
        .drop { place in
          query.after.map { (place.position.time, place.position.sequence) >= ($0.time, $0.sequence) } ?? false
        }
      return ProvisioningLogPage(
        entries: found.prefix(query.limit).map(\.entry),
        next: found.count > query.limit ? found.prefix(query.limit).last?.position : nil)
    }
  }

  package func pruneLog(before time: Timestamp, keeping count: Int) async throws(Failure) {
    try await access(.record) { storage in
      storage.log.removeAll { $0.time < time }
      storage.log.removeFirst(max(0, storage.log.count - count))
      storage.audit.removeAll { $0.time < time }
    }
  }
}

extension ProvisioningLogQuery {
  /// What the words of the query mean, said once more and without an index.
  package func matches(_ entry: ProvisioningLogEntry) -> Bool {
    (status.map { entry.status == $0 } ?? true) && (action.map { entry.action == $0 } ?? true)
      && (objectID.map { entry.objectID == $0 } ?? true) && (cycleID.map { entry.cycleID == $0 } ?? true)
      && (search.map { entry.searchText.contains($0.lowercased()) } ?? true)
      && (since.map { entry.time >= $0 } ?? true) && (until.map { entry.time < $0 } ?? true)
  }
}
