internal import CCurl
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Marks a request as cancelled, however early that comes.
final class Cancellation: Sendable {
  private let mark = Atomic(false)

  var isMarked: Bool { mark.load(ordering: .acquiring) }

  func set() {
    mark.store(true, ordering: .releasing)
  }
}

/// The thread that drives every transfer, and its inbox. All of libcurl's handles belong to the thread.
final class TransferEngine: @unchecked Sendable {
  private enum Command: Sendable {
    case start(any Transfer)
    case cancel(UInt64)
  }

  private struct Inbox {
    var commands: [Command] = []
    var transfers = 0
    var isClosed = false
    /// It looks into the inbox before it waits: it need not be woken.
    var isAwake = false
    var ended = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let configuration: HTTPClient.Configuration
  private let multi: UnsafeMutableRawPointer
  private let inbox = Mutex(Inbox())
  private let lastID = Atomic<UInt64>(0)

  // Of the thread alone.
  private var running: [OpaqueEasy: any Transfer] = [:]
  private var handles: [UInt64: OpaqueEasy] = [:]
  private var spare: [OpaqueEasy] = []

  private static let isSetUp = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

  init(_ configuration: HTTPClient.Configuration) throws(TransportError) {
    guard Self.isSetUp, let multi = curl_multi_init() else { throw TransportError(.shutdown) }
    self.configuration = configuration
    self.multi = multi
    shim_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maxConnectionsPerHost)
    shim_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, configuration.maxConnections)
    shim_multi_set_long(multi, CURLMOPT_MAXCONNECTS, configuration.maxKeptConnections)
    try startThread()
  }

  func nextID() -> UInt64 {
    lastID.add(1, ordering: .relaxed).newValue
  }

  /// Hands a transfer to the thread.
  /// - Throws: When it cannot be taken; nothing is called on it then.
  func start(_ transfer: any Transfer) throws(TransportError) {
    let refusal = inbox.withLock { inbox -> TransportError? in
      if inbox.isClosed { return TransportError(.shutdown) }
      if inbox.transfers >= configuration.maxTransfers { return TransportError(.overloaded) }
      inbox.transfers += 1
      post(.start(transfer), &inbox)
      return nil
    }
    if let refusal { throw refusal }
  }

  func cancel(_ id: UInt64) {
    inbox.withLock { inbox in
      if !inbox.ended { post(.cancel(id), &inbox) }
    }
  }

  private func post(_ command: Command, _ inbox: inout Inbox) {
    inbox.commands.append(command)
    wake(&inbox)
  }

  /// Under the lock, as long as the thread has not ended: once it has, the handle and its descriptor are gone.
  private func wake(_ inbox: inout Inbox) {
    guard !inbox.isAwake else { return }
    inbox.isAwake = true
    curl_multi_wakeup(multi)
  }

  /// Returns when the thread has ended and every handle is freed.
  func shutdown() async {
    await withCheckedContinuation { continuation in
      let isEnded = inbox.withLock { inbox in
        if inbox.ended { return true }
        inbox.isClosed = true
        inbox.waiters.append(continuation)
        wake(&inbox)
        return false
      }
      if isEnded { continuation.resume() }
    }
  }

  // MARK: The thread

  private func startThread() throws(TransportError) {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let result = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<TransferEngine>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context)
    guard result == 0 else {
      Unmanaged<TransferEngine>.fromOpaque(context).release()
      throw TransportError(.shutdown)
    }
    pthread_detach(thread)
  }

  private func run() {
    var isClosed = false
    while !isClosed {
      isClosed = takeCommands()
      if isClosed { break }
      var active: Int32 = 0
      curl_multi_perform(multi, &active)
      finishTransfers()
      if mayWait() { curl_multi_poll(multi, nil, 0, 1000, nil) }
    }
    tearDown()
  }

  /// What comes from here on wakes the thread.
  private func mayWait() -> Bool {
    inbox.withLock { inbox in
      inbox.isAwake = !inbox.commands.isEmpty || inbox.isClosed
      return !inbox.isAwake
    }
  }

  /// - Returns: Whether the engine is to end.
  private func takeCommands() -> Bool {
    let (commands, isClosed) = inbox.withLock { inbox in
      defer {
        inbox.commands = []
        inbox.isAwake = true
      }
      return (inbox.commands, inbox.isClosed)
    }
    for command in commands {
      switch command {
      case .start(let transfer) where transfer.ticket.cancellation.isMarked:
        end(transfer) { $0.fail(CancellationError()) }
      case .start(let transfer): begin(transfer)
      case .cancel(let id): breakOff(id)
      }
    }
    return isClosed
  }

  private func begin(_ transfer: any Transfer) {
    guard let easy = spare.popLast() ?? curl_easy_init() else {
      end(transfer) { $0.fail(TransportError(.overloaded)) }
      return
    }
    do throws(TransportError) {
      try transfer.configure(easy, configuration)
    } catch {
      recycle(easy)
      end(transfer) { $0.fail(error) }
      return
    }
    running[easy] = transfer
    handles[transfer.ticket.id] = easy
    curl_multi_add_handle(multi, easy)
  }

  private func breakOff(_ id: UInt64) {
    guard let easy = handles[id], let transfer = running[easy] else {
      // It ended a moment ago, or it has not come yet: then it will see its mark when it does.
      return
    }
    release(easy, transfer)
    end(transfer) { $0.fail(CancellationError()) }
  }

  private func finishTransfers() {
    var result = CURLE_OK
    while let easy = shim_next_finished(multi, &result) {
      guard let transfer = running[easy] else { continue }
      curl_multi_remove_handle(multi, easy)
      running[easy] = nil
      handles[transfer.ticket.id] = nil
      end(transfer) { $0.finish(easy, result) }
      recycle(easy)
    }
  }

  private func release(_ easy: OpaqueEasy, _ transfer: any Transfer) {
    curl_multi_remove_handle(multi, easy)
    running[easy] = nil
    handles[transfer.ticket.id] = nil
    recycle(easy)
  }

  private func recycle(_ easy: OpaqueEasy) {
    guard spare.count < configuration.maxConnections else { return curl_easy_cleanup(easy) }
    curl_easy_reset(easy)
    spare.append(easy)
  }

  private func end(_ transfer: any Transfer, _ body: (any Transfer) -> Void) {
    inbox.withLock { $0.transfers -= 1 }
    body(transfer)
  }

  private func tearDown() {
    for (easy, transfer) in running {
      curl_multi_remove_handle(multi, easy)
      end(transfer) { $0.fail(TransportError(.shutdown, mayHaveReachedServer: true)) }
      curl_easy_cleanup(easy)
    }
    running = [:]
    spare.forEach { curl_easy_cleanup($0) }
    spare = []
    let (late, waiters) = inbox.withLock { inbox in
      inbox.ended = true
      defer { inbox.waiters = [] }
      return (inbox.commands, inbox.waiters)
    }
    for case .start(let transfer) in late { transfer.fail(TransportError(.shutdown)) }
    curl_multi_cleanup(multi)
    waiters.forEach { $0.resume() }
  }
}
