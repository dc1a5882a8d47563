import UnixSignals

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// SIGTERM and SIGINT: the first asks to stop, the second ends the process at once.
package final class StopSignals: Sendable {
  private let first: AsyncStream<Void>
  private let watcher: Task<Void, Never>

  /// Returns when the signals are trapped.
  package init() async {
    let (first, continuation) = AsyncStream<Void>.makeStream()
    self.first = first
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    watcher = Task {
      var count = 0
      for await _ in signals {
        count += 1
        if count > 1 { _exit(1) }
        continuation.yield()
      }
    }
  }

  deinit {
    watcher.cancel()
  }

  /// Returns at the first signal.
  package func wait() async {
    _ = await first.first { _ in true }
  }
}
