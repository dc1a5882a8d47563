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

  /// Any HTTP status is an answer; redirects are not followed.
  /// - Throws: `TransportError` when no whole answer came, `CancellationError` when the task was cancelled.
  package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    try await perform { id, cancellation, continuation in
      HTTPTransfer(id: id, request: request, cancellation: cancellation, continuation: continuation)
    }
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
