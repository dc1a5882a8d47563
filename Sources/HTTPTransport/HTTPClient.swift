import Synchronization

/// Sends requests through libcurl: one thread of its own drives all transfers, callers wait without blocking one.
package final class HTTPClient: Sendable {
  package struct Configuration: Sendable {
    package var connectTimeout = Duration.seconds(10)
    package var requestTimeout = Duration.seconds(60)
    /// Slower than this for so long ends a transfer.
    package var lowSpeed: (bytesPerSecond: Int, time: Duration) = (1, .seconds(30))
    package var maxResponseBytes = 64 << 20
    package var maxHeaderBytes = 256 << 10
    package var maxConnectionsPerHost = 64
    package var maxConnections = 256
    /// Of connections that are open when a transfer ends, those idle longest are closed until no more than this are left. It should be
    /// as many as are used at once.
    package var maxKeptConnections = 32
    /// Transfers that may be under way or waiting at once.
    package var maxTransfers = 10_000
    /// PEM; nil takes the system's.
    package var caFile: String?
    /// Nil takes the environment's, as libcurl documents it.
    package var proxy: String?
    package var userAgent = "rollcall"

    package init() {}
  }

  private let engine: TransferEngine

  /// - Throws: When libcurl cannot be set up.
  package init(_ configuration: Configuration = .init()) throws(TransportError) {
    engine = try TransferEngine(configuration)
  }

  /// One request, from before it is sent to its end, for whoever wants to cancel it.
  package struct Ticket: Sendable {
    package let id: UInt64
    fileprivate let cancellation = Cancellation()
  }

  package func makeTicket() -> Ticket { Ticket(id: engine.nextID()) }

  /// Any HTTP status is an answer; redirects are not followed.
  /// - Throws: `TransportError` when no whole answer came, `CancellationError` when the task was cancelled.
  package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let ticket = makeTicket()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        start(request, ticket) { continuation.resume(with: $0) }
      }
    } onCancel: {
      cancel(ticket)
    }
  }

  /// As `send`, for whoever does not wait.
  /// - Parameter onEnd: Called once, on the thread that drives the transfers or on this one: it must not block.
  package func start(
    _ request: HTTPRequest, _ ticket: Ticket, onEnd: @escaping @Sendable (Result<HTTPResponse, any Error>) -> Void
  ) {
    engine.post(
      .start(HTTPTransfer(id: ticket.id, request: request, cancellation: ticket.cancellation, deliver: onEnd)))
  }

  /// It ends with `CancellationError`, unless it has ended; one that is not started yet does when it is.
  package func cancel(_ ticket: Ticket) {
    ticket.cancellation.set()
    engine.post(.cancel(ticket.id))
  }

  /// Hands a transfer to the engine and waits for its end.
  func perform<Answer: Sendable>(
    _ makeTransfer: (UInt64, Cancellation, CheckedContinuation<Answer, any Error>) -> any Transfer
  ) async throws -> Answer {
    let id = engine.nextID()
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        engine.post(.start(makeTransfer(id, cancellation, continuation)))
      }
    } onCancel: {
      cancellation.set()
      engine.post(.cancel(id))
    }
  }

  /// Ends what is under way, joins the thread and frees every handle, as OpenSSL's exit handler must not find one.
  /// Later sends fail with phase `shutdown`.
  package func shutdown() async {
    await engine.shutdown()
  }
}
