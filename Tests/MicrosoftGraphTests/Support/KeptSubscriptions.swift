import ProvisioningModel
import Synchronization

/// What is kept of subscriptions, in memory.
final class KeptSubscriptions: SubscriptionState {
  private let kept = Mutex<[SubscriptionRecord]>([])

  init(_ records: [SubscriptionRecord] = []) {
    kept.withLock { $0 = records }
  }

  var records: [SubscriptionRecord] { kept.withLock { $0 } }

  func subscriptions() async throws(Failure) -> [SubscriptionRecord] { records }

  func setSubscriptions(_ subscriptions: [SubscriptionRecord]) async throws(Failure) {
    kept.withLock { $0 = subscriptions }
  }
}
