import Synchronization

/// A transfer, from before it is started to its end.
package struct Ticket: Sendable {
  package let id: UInt64
  let cancellation = Cancellation()
}

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

  /// Any HTTP status is an answer; redirects are not followed.
  /// - Throws: `TransportError` when no whole answer came, `CancellationError` when the task was cancelled.
  package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    try await perform { ticket, continuation in
      HTTPTransfer(ticket, request) { continuation.resume(with: $0) }
    }
  }

  /// Hands a transfer to the engine and waits for its end.
  func perform<Answer: Sendable>(
    _ makeTransfer: (Ticket, CheckedContinuation<Answer, any Error>) -> any Transfer
  ) async throws -> Answer {
    let ticket = makeTicket()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let transfer = makeTransfer(ticket, continuation)
        do throws(TransportError) { try engine.start(transfer) } catch { transfer.fail(error) }
      }
    } onCancel: {
      cancel(ticket)
    }
  }

  // MARK: For those who do not wait

  package func makeTicket() -> Ticket { Ticket(id: engine.nextID()) }

  /// - Parameter onEnd: Called once with what `send` would return or throw, on the thread that drives the transfers: it must not block.
  /// - Throws: When the request cannot be taken; `onEnd` is not called then.
  package func start(
    _ request: HTTPRequest, _ ticket: Ticket, onEnd: @escaping @Sendable (Result<HTTPResponse, any Error>) -> Void
  ) throws(TransportError) {
    try engine.start(HTTPTransfer(ticket, request, deliver: onEnd))
  }

  /// It ends with `CancellationError`, unless it has ended; one that is yet to be started does when it is.
  package func cancel(_ ticket: Ticket) {
    ticket.cancellation.set()
    engine.cancel(ticket.id)
  }

  /// Ends what is under way, joins the thread and frees every handle, as OpenSSL's exit handler must not find one.
  /// Later sends fail with phase `shutdown`.
  package func shutdown() async {
    await engine.shutdown()
  }
}
