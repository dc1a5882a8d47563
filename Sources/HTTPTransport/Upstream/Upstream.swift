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

/// One remote system: requests wait in line for their turn (`RequestLine`), `Retry-After` holds all of them back, and what failed in
/// passing is sent again (`RetryPolicy`) as far as the budget goes (`RetryBudget`).
package final class Upstream<C: Clock>: Sendable where C.Duration == Duration {
  private typealias Line = RequestLine<C.Instant>
  private typealias Waiter = CheckedContinuation<Line.Turn, any Error>

  private struct Storage {
    var line: Line
    var budget: RetryBudget<C.Instant>
    var waiters: [Int: Waiter] = [:]
    var lastWaiter = 0
    var timer: (task: Task<Void, Never>, time: C.Instant)?
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
    storage = Mutex(Storage(line: Line(limits, now: clock.now), budget: RetryBudget(now: clock.now)))
  }

  /// - Parameters:
  ///   - route: The path with placeholders, such as `/people/{id}`.
  ///   - repeatable: Whether the request may be carried out twice without harm.
  /// - Returns: The last answer, whatever its status.
  /// - Throws: `TransportError` or `CancellationError`.
  package func send(
    _ request: HTTPRequest, route: String, repeatable: Bool, priority: RequestPriority = .background
  ) async throws -> HTTPResponse {
    var request = request
    var attempt = 0
    while true {
      attempt += 1
      let (result, outcome) = try await exchange(request, route, priority)
      switch RetryPolicy.decide(
        outcome, attempt: attempt, isRepeatable: repeatable, limits: limits, fraction: random())
      {
      case .accept: return try result.get()
      case .retry(let delay, let onFreshConnection):
        guard delay <= limits.maxGateWait, mayRetry(outcome) else { return try result.get() }
        request.usesFreshConnection = onFreshConnection
        try await clock.sleep(for: delay)
      }
    }
  }

  /// Lets no request through for so long.
  package func closeGate(for duration: Duration) {
    update { line, now in line.closeGate(until: now.advanced(by: duration)) }
  }

  /// Requests at a time, as the upstream bears them at present.
  package var concurrencyLimit: Int { storage.withLock { $0.line.limit } }

  /// Requests that wait for their turn.
  package var waiting: Int { storage.withLock { $0.waiters.count } }

  /// The wait that an answer asks for.
  package func retryAfter(_ response: HTTPResponse) -> Duration? {
    response.headers["Retry-After"].flatMap { RetryAfter.parse($0, now: wallClock()) }
  }

  /// Whoever names the time to come back is asked again whatever the budget: the gate sees to it that it is not too much.
  private func mayRetry(_ outcome: RetryPolicy.Outcome) -> Bool {
    if case .answer(_, retryAfter: .some) = outcome { return true }
    return storage.withLock { $0.budget.takeRetry(now: clock.now) }
  }

  // MARK: One exchange

  private func exchange(
    _ request: HTTPRequest, _ route: String, _ priority: RequestPriority
  ) async throws -> (Result<HTTPResponse, TransportError>, RetryPolicy.Outcome) {
    let turn = try await waitForTurn(priority)
    let began = clock.now
    let result: Result<HTTPResponse, TransportError>
    do {
      result = .success(try await client.send(request))
    } catch let error as TransportError {
      result = .failure(error)
    } catch {
      update { line, _ in line.end(turn, nil, nil) }
      throw error
    }
    let outcome = outcome(of: result)
    end(turn, result, outcome)
    report(request, route, result, outcome, began.duration(to: clock.now))
    return (result, outcome)
  }

  private func outcome(of result: Result<HTTPResponse, TransportError>) -> RetryPolicy.Outcome {
    switch result {
    case .success(let response):
      return .answer(status: response.status, retryAfter: retryAfter(response))
    case .failure(let error):
      return .failure(error)
    }
  }

  private func end(
    _ turn: Line.Turn, _ result: Result<HTTPResponse, TransportError>, _ outcome: RetryPolicy.Outcome
  ) {
    let usage = (try? result.get()).map { UpstreamUsage($0.headers) }
    update { line, now in
      if let wait = outcome.throttledFor, wait > .zero { line.closeGate(until: now.advanced(by: wait)) }
      line.end(turn, AdaptiveConcurrency.Signal(outcome, load: usage?.load), usage)
    }
  }

  private func report(
    _ request: HTTPRequest, _ route: String, _ result: Result<HTTPResponse, TransportError>,
    _ outcome: RetryPolicy.Outcome, _ duration: Duration
  ) {
    var observation = UpstreamObservation(upstream: name, method: request.method, route: route, duration: duration)
    observation.throttledFor = outcome.throttledFor
    switch result {
    case .success(let response): observation.status = response.status
    case .failure(let error): observation.failure = error.phase
    }
    observe(observation)
  }

  // MARK: Turns

  private func waitForTurn(_ priority: RequestPriority) async throws -> Line.Turn {
    let id = storage.withLock { storage in
      storage.lastWaiter += 1
      return storage.lastWaiter
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let wakeups = storage.withLock { storage -> Wakeups in
          let now = clock.now
          if Task.isCancelled { return Wakeups([(continuation, .failure(CancellationError()))]) }
          guard storage.line.enter(id, priority, now: now) else {
            return Wakeups([(continuation, .failure(TransportError(.overloaded)))])
          }
          storage.waiters[id] = continuation
          return settle(&storage, now)
        }
        wakeups.deliver()
      }
    } onCancel: {
      let waiter = storage.withLock { storage in
        storage.line.abandon(id)
        return storage.waiters.removeValue(forKey: id)
      }
      waiter?.resume(throwing: CancellationError())
    }
  }

  /// Whom to wake once the lock is free.
  private struct Wakeups {
    var waiters: [(Waiter, Result<Line.Turn, any Error>)]

    init(_ waiters: [(Waiter, Result<Line.Turn, any Error>)] = []) {
      self.waiters = waiters
    }

    func deliver() {
      for (waiter, result) in waiters { waiter.resume(with: result) }
    }
  }

  private func update(_ change: (inout Line, C.Instant) -> Void) {
    let wakeups = storage.withLock { storage in
      let now = clock.now
      change(&storage.line, now)
      return settle(&storage, now)
    }
    wakeups.deliver()
  }

  private func settle(_ storage: inout Storage, _ now: C.Instant) -> Wakeups {
    let calls = storage.line.settle(now: now)
    var wakeups = Wakeups()
    for (id, turn) in calls.admitted {
      storage.budget.noteRequest(now: now)
      if let waiter = storage.waiters.removeValue(forKey: id) { wakeups.waiters.append((waiter, .success(turn))) }
    }
    for (id, wait) in calls.refused {
      guard let waiter = storage.waiters.removeValue(forKey: id) else { continue }
      wakeups.waiters.append((waiter, .failure(TransportError(.throttled, retryAfter: wait))))
    }
    setTimer(&storage, calls.wakeAt)
    return wakeups
  }

  private func setTimer(_ storage: inout Storage, _ time: C.Instant?) {
    guard storage.timer?.time != time else { return }
    storage.timer?.task.cancel()
    storage.timer = time.map { time in
      let task = Task { [weak self, clock] in
        do { try await clock.sleep(until: time, tolerance: nil) } catch { return }
        self?.timerFired(time)
      }
      return (task, time)
    }
  }

  private func timerFired(_ time: C.Instant) {
    let wakeups = storage.withLock { storage in
      if storage.timer?.time == time { storage.timer = nil }
      return settle(&storage, max(clock.now, time))
    }
    wakeups.deliver()
  }
}
