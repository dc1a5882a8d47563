import UnixSignals

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// SIGHUP: asks to read again what may change while the service runs. SIGUSR1 and SIGUSR2, which would end the process, mean nothing.
package struct ReloadSignals: Sendable {
  private let signals: UnixSignalsSequence

  /// Returns when the signals are trapped.
  package init() async {
    signal(SIGUSR1, SIG_IGN)
    signal(SIGUSR2, SIG_IGN)
    signals = await UnixSignalsSequence(trapping: .sighup)
  }

  /// Until the task is cancelled.
  package func forEach(_ body: @Sendable () async -> Void) async {
    for await _ in signals { await body() }
  }
}
