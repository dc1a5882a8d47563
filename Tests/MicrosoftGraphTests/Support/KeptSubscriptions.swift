import Provisioning
import Synchronization

/// A state of which only the subscriptions are used.
final class KeptSubscriptions: State {
  private let kept = Mutex<[SubscriptionRecord]>([])

  init(_ records: [SubscriptionRecord] = []) {
    kept.withLock { $0 = records }
  }

  var records: [SubscriptionRecord] { kept.withLock { $0 } }

  func subscriptions() async throws(Failure) -> [SubscriptionRecord] { records }

  func setSubscriptions(_ subscriptions: [SubscriptionRecord]) async throws(Failure) {
    kept.withLock { $0 = subscriptions }
  }

  func link(_ id: ObjectID) async throws(Failure) -> Link? { nil }
  func link(person: PersonID) async throws(Failure) -> Link? { nil }
  func links() async throws(Failure) -> [Link] { [] }
  func links(awaiting manager: ObjectID) async throws(Failure) -> [ObjectID] { [] }
  func entitlements() async throws(Failure) -> [ObjectID: UInt64] { [:] }
  func kept(of user: ObjectID) async throws(Failure) -> KeptUser { .init() }
  func record(_ outcome: RunRecord) async throws(Failure) {}
  func adopt(_ links: [Link]) async throws(Failure) {}
  func forgetDigests() async throws(Failure) {}
  func escrow(_ id: ObjectID) async throws(Failure) -> Escrow? { nil }
  func escrows() async throws(Failure) -> [Escrow] { [] }
  func watermark() async throws(Failure) -> Watermark? { nil }
  func setWatermark(_ watermark: Watermark?) async throws(Failure) {}
  func links(after: ObjectID?, limit: Int) async throws(Failure) -> [Link] { [] }
  func unlink(_ id: ObjectID) async throws(Failure) -> Bool { false }
  func escrows(after: ObjectID?, limit: Int) async throws(Failure) -> [Escrow] { [] }
  func log(_ query: ProvisioningLogQuery) async throws(Failure) -> ProvisioningLogPage { .init(entries: [], next: nil) }
  func pruneLog(before time: Timestamp, keeping count: Int) async throws(Failure) {}
}
