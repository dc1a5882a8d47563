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
  private typealias Ending = (result: Result<HTTPResponse, TransportError>, duration: Duration)

  /// A request that waits for its turn.
  private struct Waiter {
    var request: HTTPRequest
    var ticket: Ticket
    var continuation: CheckedContinuation<Ending, any Error>

    var id: Int { Int(ticket.id) }
  }

  private struct Storage {
    var line: Line
    var budget: RetryBudget<C.Instant>
    var waiters: [Int: Waiter] = [:]
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
    carryOut(update { line, now in line.closeGate(until: now.advanced(by: duration)) })
  }

  /// Requests at a time, as the upstream bears them at present.
  package var concurrencyLimit: Int { storage.withLock { $0.line.limit } }

  /// Requests that wait for their turn.
  package var waiting: Int { storage.withLock { $0.waiters.count } }

  /// The wait that an answer asks for.
  package func retryAfter(_ response: HTTPResponse) -> Duration? {
    response.headers["Retry-After"].flatMap { RetryAfter.parse($0, now: wallClock()) }
  }

  /// An upstream that names the time to come back is asked again whatever the budget: the gate sees to it that it is not too much.
  private func mayRetry(_ outcome: RetryPolicy.Outcome) -> Bool {
    if case .answer(_, retryAfter: .some) = outcome { return true }
    return storage.withLock { $0.budget.takeRetry(now: clock.now) }
  }

  // MARK: One exchange

  private func exchange(
    _ request: HTTPRequest, _ route: String, _ priority: RequestPriority
  ) async throws -> (Result<HTTPResponse, TransportError>, RetryPolicy.Outcome) {
    let ticket = client.makeTicket()
    let (result, duration) = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enter(Waiter(request: request, ticket: ticket, continuation: continuation), priority)
      }
    } onCancel: {
      cancel(ticket)
    }
    let outcome = outcome(of: result)
    report(request, route, result, outcome, duration)
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

  private func enter(_ waiter: Waiter, _ priority: RequestPriority) {
    let calls = storage.withLock { storage -> Calls in
      let now = clock.now
      if Task.isCancelled { return Calls(refused: [(waiter, CancellationError())]) }
      guard storage.line.enter(waiter.id, priority, now: now) else {
        return Calls(refused: [(waiter, TransportError(.overloaded))])
      }
      storage.waiters[waiter.id] = waiter
      return settle(&storage, now)
    }
    carryOut(calls)
  }

  private func cancel(_ ticket: Ticket) {
    let waiter = storage.withLock { storage in
      storage.line.abandon(Int(ticket.id))
      return storage.waiters.removeValue(forKey: Int(ticket.id))
    }
    if let waiter {
      waiter.continuation.resume(throwing: CancellationError())
    } else {
      client.cancel(ticket)
    }
  }

  /// What is to be done once the lock is free.
  private struct Calls {
    var admitted: [(waiter: Waiter, turn: Line.Turn)] = []
    var refused: [(waiter: Waiter, error: any Error)] = []
  }

  private func carryOut(_ calls: Calls) {
    var calls = calls
    while !calls.admitted.isEmpty {
      let (waiter, turn) = calls.admitted.removeFirst()
      do throws(TransportError) {
        try start(waiter, turn)
      } catch {
        waiter.continuation.resume(returning: (.failure(error), .zero))
        let next = end(turn, .failure(error))
        calls.admitted += next.admitted
        calls.refused += next.refused
      }
    }
    for (waiter, error) in calls.refused { waiter.continuation.resume(throwing: error) }
  }

  /// The turn passes on where the transfer ends: under load some time goes by until the task that waits for it goes on.
  private func start(_ waiter: Waiter, _ turn: Line.Turn) throws(TransportError) {
    let began = clock.now
    try client.start(waiter.request, waiter.ticket) { result in
      self.carryOut(self.end(turn, result))
      let duration = began.duration(to: self.clock.now)
      switch result {
      case .success(let response): waiter.continuation.resume(returning: (.success(response), duration))
      case .failure(let error as TransportError): waiter.continuation.resume(returning: (.failure(error), duration))
      case .failure(let error): waiter.continuation.resume(throwing: error)
      }
    }
  }

  private func end(_ turn: Line.Turn, _ result: Result<HTTPResponse, any Error>) -> Calls {
    let usage = (try? result.get()).map { UpstreamUsage($0.headers) }
    let outcome: RetryPolicy.Outcome? =
      switch result {
      case .success(let response): self.outcome(of: .success(response))
      case .failure(let error as TransportError): self.outcome(of: .failure(error))
      // What was cancelled says nothing of the upstream.
      case .failure: nil
      }
    return update { line, now in
      if let wait = outcome?.throttledFor, wait > .zero { line.closeGate(until: now.advanced(by: wait)) }
      line.end(turn, outcome.map { AdaptiveConcurrency.Signal($0, load: usage?.load) }, usage)
    }
  }

  private func update(_ change: (inout Line, C.Instant) -> Void) -> Calls {
    storage.withLock { storage in
      let now = clock.now
      change(&storage.line, now)
      return settle(&storage, now)
    }
  }

  private func settle(_ storage: inout Storage, _ now: C.Instant) -> Calls {
    let decided = storage.line.settle(now: now)
    var calls = Calls()
    for (id, turn) in decided.admitted {
      storage.budget.noteRequest(now: now)
      if let waiter = storage.waiters.removeValue(forKey: id) { calls.admitted.append((waiter, turn)) }
    }
    for (id, wait) in decided.refused {
      guard let waiter = storage.waiters.removeValue(forKey: id) else { continue }
      calls.refused.append((waiter, TransportError(.throttled, retryAfter: wait)))
    }
    setTimer(&storage, decided.wakeAt)
    return calls
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
    let calls = storage.withLock { storage in
      if storage.timer?.time == time { storage.timer = nil }
      return settle(&storage, max(clock.now, time))
    }
    carryOut(calls)
  }
}
