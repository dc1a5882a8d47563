package import ProvisioningModel

/// Keeps one subscription to `/users` and one to `/groups` alive for the service's whole life (docs/architecture.md, "Subscriptions").
package actor SubscriptionKeeper<C: Clock> where C.Duration == Duration {
  /// Of ids that lifecycle events name; more are not remembered.
  private static var maxRemembered: Int { 100 }
  /// How soon to look again after something failed.
  private static var pause: Duration { .seconds(60) }

  private let client: SubscriptionClient<C>
  private let state: any SubscriptionState
  private let publicURL: String
  private let clientState: @Sendable () async throws -> String
  private let clock: any WallClock
  private var memory: [String: SubscriptionPlan.Memory] = [:]
  private var running: Promise<[SubscriptionRecord]>?

  /// The subscriptions that stood when they were looked after last.
  package private(set) var records: [SubscriptionRecord] = []
  /// When `ensure` ought to be called again at the latest; before that, a cycle or a lifecycle event may call it at any time.
  package private(set) var nextCheck = Timestamp.never

  /// - Parameter publicURL: What Graph calls, without a trailing slash.
  package init(
    _ client: GraphClient<C>, state: any SubscriptionState, publicURL: String, clock: any WallClock,
    clientState: @escaping @Sendable () async throws -> String
  ) {
    self.client = SubscriptionClient(graph: client)
    self.state = state
    self.publicURL = publicURL
    self.clock = clock
    self.clientState = clientState
  }

  /// Graph said `reauthorizationRequired`: the next `ensure` renews.
  package func renewalIsAskedFor(_ subscriptionID: String) {
    remember(subscriptionID) { $0.renewalIsAskedFor = true }
  }

  /// Graph said `subscriptionRemoved`: the next `ensure` makes a new one, after a restart too. What changed meanwhile needs a cycle.
  package func wasRemoved(_ subscriptionID: String) async throws(Failure) {
    remember(subscriptionID) { $0.isLost = true }
    let records = try await state.subscriptions()
    guard records.contains(where: { $0.id == subscriptionID }) else { return }
    try await state.setSubscriptions(records.filter { $0.id != subscriptionID })
  }

  /// The ids of the subscriptions that stand or are on record: what Graph says about others is none of ours.
  package func known() async throws(Failure) -> Set<String> {
    Set(try await state.subscriptions().map(\.id)).union(records.map(\.id))
  }

  private func remember(_ id: String, _ change: (inout SubscriptionPlan.Memory) -> Void) {
    guard !id.isEmpty, memory[id] != nil || memory.count < Self.maxRemembered else { return }
    change(&memory[id, default: .init()])
    nextCheck = min(nextCheck, clock.now)
  }

  /// Looks at what Graph has, and makes, renews or replaces what needs it. One subscription that fails does not keep the other from
  /// being looked after. Calls at the same time come one after the other.
  /// - Returns: The subscriptions that stand now.
  /// - Throws: The first failure, after all were tried.
  @discardableResult
  package func ensure() async throws(Failure) -> [SubscriptionRecord] {
    while let running { _ = try? await running.value() }
    if Task.isCancelled { throw .cancelled }
    let promise = Promise<[SubscriptionRecord]>()
    running = promise
    let result = await ensureAll()
    running = nil
    promise.fulfil(result)
    return try result.get()
  }

  private func ensureAll() async -> Result<[SubscriptionRecord], Failure> {
    var records: [String: SubscriptionRecord] = [:]
    var firstFailure: Failure?
    do throws(Failure) {
      records = Dictionary(try await state.subscriptions().map { ($0.resource, $0) }) { first, _ in first }
      let secret = try await secret()
      let listed = try await listed(records)
      for wanted in wanted(secret) {
        do throws(Failure) {
          records[wanted.resource] = try await ensure(wanted, listed, records[wanted.resource], secret)
          try await state.setSubscriptions(sorted(records))
        } catch {
          firstFailure = firstFailure ?? error
          if let record = records[wanted.resource], isGone(record, listed) { records[wanted.resource] = nil }
        }
      }
      let kept = Set(listed.map(\.id)).union(records.values.map(\.id))
      memory = memory.filter { kept.contains($0.key) }
    } catch {
      firstFailure = firstFailure ?? error
    }
    self.records = sorted(records)
    plan(self.records, hasFailed: firstFailure != nil)
    return firstFailure.map { .failure($0) } ?? .success(sorted(records))
  }

  private func isGone(_ record: SubscriptionRecord, _ listed: [ListedSubscription]) -> Bool {
    memory[record.id]?.isLost == true || !listed.contains { $0.id == record.id }
  }

  private func plan(_ records: [SubscriptionRecord], hasFailed: Bool) {
    let soonest = clock.now + Self.pause
    let checks = records.map { SubscriptionPlan.nextCheck($0, memory[$0.id], now: clock.now) }
    nextCheck = hasFailed ? soonest : max(soonest, checks.min() ?? soonest)
  }

  private func sorted(_ records: [String: SubscriptionRecord]) -> [SubscriptionRecord] {
    WantedSubscription.resources.compactMap { records[$0] }
  }

  private func wanted(_ secret: String) -> [WantedSubscription] {
    let notificationURL = publicURL + WantedSubscription.notificationPath
    return WantedSubscription.resources.map {
      WantedSubscription(
        resource: $0, notificationURL: notificationURL, lifecycleURL: notificationURL + "/lifecycle",
        clientStateDigest: SecretDigest.of(secret))
    }
  }

  private func secret() async throws(Failure) -> String {
    do {
      return try await clientState()
    } catch {
      throw Failure(
        .retry(after: nil), .credentialValidation, "The client state cannot be read: \(error).",
        advice: "Check listener.clientStateFile and that the service may read it.")
    }
  }

  /// All that Graph has; one on record that the list lacks is asked for by its id, as the list may lag behind.
  private func listed(_ records: [String: SubscriptionRecord]) async throws(Failure) -> [ListedSubscription] {
    var listed = try await client.list()
    for record in records.values where !listed.contains(where: { $0.id == record.id }) {
      if let found = try await client.find(record.id) { listed.append(found) }
    }
    return listed
  }

  private func ensure(
    _ wanted: WantedSubscription, _ listed: [ListedSubscription], _ record: SubscriptionRecord?, _ secret: String
  ) async throws(Failure) -> SubscriptionRecord {
    var listed = listed
    for _ in 0..<3 {
      let plan = SubscriptionPlan.make(
        wanted: wanted, listed: listed, record: record, memory: memory, now: clock.now)
      for id in plan.delete {
        try await client.delete(id)
        memory[id] = nil
      }
      listed.removeAll { plan.delete.contains($0.id) }
      switch plan.step {
      case .keep(let id):
        if let kept = listed.first(where: { $0.id == id }) { return self.record(id, wanted, kept.expiration) }
      case .renew(let id):
        switch try await client.renew(id, until: clock.now + WantedSubscription.lifetime) {
        case .renewed(let expiration): return renewed(id, wanted, expiration)
        case .lost: memory[id, default: .init()].isLost = true
        }
      case .create:
        switch try await client.create(wanted, clientState: secret, until: clock.now + WantedSubscription.lifetime) {
        case .created(let id, let expiration): return renewed(id, wanted, expiration)
        case .exists: listed = try await client.list()
        }
      }
    }
    throw Failure(
      .retry(after: nil), .conflict,
      "Graph has another subscription of this app registration to \(wanted.resource), which Rollcall did not make.",
      advice:
        "Give Rollcall an app registration of its own, or end that subscription. Until then the cycles do the work.")
  }

  private func renewed(_ id: String, _ wanted: WantedSubscription, _ expiration: Timestamp) -> SubscriptionRecord {
    var fresh = SubscriptionPlan.Memory()
    fresh.renewedAt = clock.now
    memory[id] = fresh
    return record(id, wanted, expiration)
  }

  private func record(_ id: String, _ wanted: WantedSubscription, _ expiration: Timestamp) -> SubscriptionRecord {
    SubscriptionRecord(
      id: id, resource: wanted.resource, expiration: expiration, notificationURL: wanted.notificationURL,
      clientStateDigest: wanted.clientStateDigest)
  }
}
