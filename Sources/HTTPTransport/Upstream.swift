import Synchronization

/// One HTTP exchange with an upstream, for metrics and logs.
package struct UpstreamObservation: Sendable {
  package var upstream: String
  package var method: HTTPMethod
  /// A path with placeholders instead of ids.
  package var route: String
  /// Nil when no answer came.
  package var status: Int?
  package var duration: Duration
  /// The other side throttled: how long it asked to wait, zero when it did not say.
  package var throttledFor: Duration?
  package var failure: TransportError.Phase?
}

/// One remote system: so many requests at a time, a gate that `Retry-After` closes for all of them, and retries.
package final class Upstream<C: Clock>: Sendable where C.Duration == Duration {
  private struct Storage {
    var inFlight = 0
    var waiters: [(id: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    var lastWaiter = 0
    var gateOpens: C.Instant
  }

  package let name: String
  private let client: HTTPClient
  private let limits: UpstreamLimits
  private let clock: C
  private let random: @Sendable () -> Double
  private let wallClock: @Sendable () -> Int64
  private let observe: @Sendable (UpstreamObservation) -> Void
  private let storage: Mutex<Storage>

  /// - Parameters:
  ///   - random: From 0 up to 1, for jitter.
  ///   - wallClock: Seconds since 1970, for dates in `Retry-After`.
  package init(
    name: String, client: HTTPClient, limits: UpstreamLimits, clock: C,
    random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }, wallClock: @escaping @Sendable () -> Int64,
    observe: @escaping @Sendable (UpstreamObservation) -> Void = { _ in }
  ) {
    self.name = name
    self.client = client
    self.limits = limits
    self.clock = clock
    self.random = random
    self.wallClock = wallClock
    self.observe = observe
    storage = Mutex(Storage(gateOpens: clock.now))
  }

  /// - Parameters:
  ///   - route: The path with placeholders, such as `/people/{id}`.
  ///   - repeatable: Whether the request may be carried out twice without harm.
  /// - Returns: The last answer, whatever its status.
  /// - Throws: `TransportError` or `CancellationError`.
  package func send(_ request: HTTPRequest, route: String, repeatable: Bool) async throws -> HTTPResponse {
    var request = request
    var attempt = 0
    while true {
      attempt += 1
      let result = try await exchange(request, route)
      let outcome = outcome(of: result)
      closeGate(outcome)
      switch RetryPolicy.decide(
        outcome, attempt: attempt, isRepeatable: repeatable, limits: limits, fraction: random())
      {
      case .accept: return try result.get()
      case .retry(let delay, let onFreshConnection):
        guard delay <= limits.maxGateWait else { return try result.get() }
        request.usesFreshConnection = onFreshConnection
        try await clock.sleep(for: delay)
      }
    }
  }

  /// Lets no request through for so long.
  package func closeGate(for duration: Duration) {
    let opens = clock.now.advanced(by: duration)
    storage.withLock { $0.gateOpens = max($0.gateOpens, opens) }
  }

  // MARK: One exchange

  private func exchange(_ request: HTTPRequest, _ route: String) async throws -> Result<HTTPResponse, TransportError> {
    try await waitForTurn()
    defer { endTurn() }
    let began = clock.now
    let result: Result<HTTPResponse, TransportError>
    do {
      result = .success(try await client.send(request))
    } catch let error as TransportError {
      result = .failure(error)
    }
    report(request, route, result, began.duration(to: clock.now))
    return result
  }

  private func outcome(of result: Result<HTTPResponse, TransportError>) -> RetryPolicy.Outcome {
    switch result {
    case .success(let response): .answer(status: response.status, retryAfter: retryAfter(response))
    case .failure(let error): .failure(error)
    }
  }

  private func retryAfter(_ response: HTTPResponse) -> Duration? {
    response.headers["Retry-After"].flatMap { RetryAfter.parse($0, now: wallClock()) }
  }

  private func closeGate(_ outcome: RetryPolicy.Outcome) {
    if case .answer(let status, let wait?) = outcome, status == 429 || status == 503 { closeGate(for: wait) }
  }

  private func report(
    _ request: HTTPRequest, _ route: String, _ result: Result<HTTPResponse, TransportError>, _ duration: Duration
  ) {
    var observation = UpstreamObservation(upstream: name, method: request.method, route: route, duration: duration)
    switch result {
    case .success(let response):
      observation.status = response.status
      let wait = retryAfter(response)
      if response.status == 429 || (response.status == 503 && wait != nil) {
        observation.throttledFor = wait ?? .zero
      }
    case .failure(let error): observation.failure = error.phase
    }
    observe(observation)
  }

  // MARK: Turns

  private func waitForTurn() async throws {
    try await waitForSlot()
    do {
      // The gate may be closed anew while one waits for it.
      while true {
        let wait = clock.now.duration(to: storage.withLock { $0.gateOpens })
        if wait <= .zero { return }
        guard wait <= limits.maxGateWait else { throw TransportError(.throttled, retryAfter: wait) }
        try await clock.sleep(for: wait)
      }
    } catch {
      endTurn()
      throw error
    }
  }

  private func waitForSlot() async throws {
    let id = storage.withLock { storage in
      storage.lastWaiter += 1
      return storage.lastWaiter
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let immediate = storage.withLock { storage -> Result<Void, any Error>? in
          if Task.isCancelled { return .failure(CancellationError()) }
          if storage.inFlight < limits.maxConcurrentRequests {
            storage.inFlight += 1
            return .success(())
          }
          guard storage.waiters.count < limits.maxWaiting else { return .failure(TransportError(.overloaded)) }
          storage.waiters.append((id, continuation))
          return nil
        }
        if let immediate { continuation.resume(with: immediate) }
      }
    } onCancel: {
      let waiter = storage.withLock { storage -> CheckedContinuation<Void, any Error>? in
        guard let index = storage.waiters.firstIndex(where: { $0.id == id }) else { return nil }
        return storage.waiters.remove(at: index).continuation
      }
      waiter?.resume(throwing: CancellationError())
    }
  }

  /// Passes the slot on to whoever has waited longest.
  private func endTurn() {
    let next = storage.withLock { storage -> CheckedContinuation<Void, any Error>? in
      guard !storage.waiters.isEmpty else {
        storage.inFlight -= 1
        return nil
      }
      return storage.waiters.removeFirst().continuation
    }
    next?.resume()
  }
}
