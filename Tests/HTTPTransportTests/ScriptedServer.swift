import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A TCP server on loopback that does just what a test says, byte by byte; each connection has a thread.
final class ScriptedServer: Sendable {
  enum Step: Sendable {
    case send(String)
    /// Sends nothing until the other side hangs up.
    case stall
    /// So many bytes of filling.
    case fill(Int)
    case close
  }

  private struct Storage {
    var connections = 0
    var open = 0
    var requests: [String] = []
    /// Who waits for so many open connections at most.
    var waiters: [(atMost: Int, continuation: CheckedContinuation<Void, Never>)] = []
    var isStopped = false
  }

  let port: Int
  private let listener: Int32
  private let storage = Mutex(Storage())
  private let script: @Sendable (_ request: String, _ number: Int) -> [Step]

  /// - Parameter script: What to do for a request, given its text and how many came before it.
  init(_ script: @escaping @Sendable (_ request: String, _ number: Int) -> [Step]) throws {
    self.script = script
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(listener, pointer, length) == 0 && listen(listener, 512) == 0
          && getsockname(listener, pointer, &length) == 0
      }
    }
    guard bound else { throw CannotListen() }
    port = Int(UInt16(bigEndian: address.sin_port))
    startThread { server in server.accept() }
  }

  struct CannotListen: Error {}

  var url: String { "http://127.0.0.1:\(port)" }
  /// As many as were made so far.
  var connections: Int { storage.withLock { $0.connections } }
  var requests: [String] { storage.withLock { $0.requests } }

  /// Returns when no more connections than this are open.
  func waitForOpenConnections(atMost count: Int) async {
    await withCheckedContinuation { continuation in
      let isSo = storage.withLock { storage in
        if storage.open > count { storage.waiters.append((count, continuation)) }
        return storage.open <= count
      }
      if isSo { continuation.resume() }
    }
  }

  /// Once is enough; again does nothing.
  func stop() {
    // The accepting thread closes it, after this: its number must not be given to another socket while either may still use it.
    storage.withLock { storage in
      guard !storage.isStopped else { return }
      storage.isStopped = true
      shutdown(listener, Int32(SHUT_RDWR))
    }
  }

  static func ok(_ body: String = "ok", headers: String = "") -> [Step] {
    [.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")]
  }

  private func startThread(_ body: @escaping @Sendable (ScriptedServer) -> Void) {
    let box = Unmanaged.passRetained(Work(server: self, body: body))
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
        work.body(work.server)
        return nil
      }, box.toOpaque())
    pthread_detach(thread)
  }

  private final class Work: Sendable {
    let server: ScriptedServer
    let body: @Sendable (ScriptedServer) -> Void

    init(server: ScriptedServer, body: @escaping @Sendable (ScriptedServer) -> Void) {
      self.server = server
      self.body = body
    }
  }

  private func accept() {
    defer { close(listener) }
    while true {
      let connection = Glibc.accept(listener, nil, nil)
      if storage.withLock({ $0.isStopped }) {
        if connection >= 0 { close(connection) }
        return
      }
      guard connection >= 0 else { continue }
      storage.withLock { storage in
        storage.connections += 1
        storage.open += 1
      }
      startThread { server in server.serve(connection) }
    }
  }

  private func serve(_ connection: Int32) {
    defer { end(connection) }
    while let request = readRequest(connection) {
      let number = storage.withLock { storage in
        storage.requests.append(request)
        return storage.requests.count - 1
      }
      for step in script(request, number) {
        switch step {
        case .send(let text): guard write(connection, Array(text.utf8)) else { return }
        case .stall: return waitForEnd(connection)
        case .fill(let count): guard write(connection, Array(repeating: 120, count: count)) else { return }
        case .close: return
        }
      }
    }
  }

  private func end(_ connection: Int32) {
    close(connection)
    let done = storage.withLock { storage in
      storage.open -= 1
      let open = storage.open
      defer { storage.waiters.removeAll { open <= $0.atMost } }
      return storage.waiters.filter { open <= $0.atMost }
    }
    for waiter in done { waiter.continuation.resume() }
  }

  private func waitForEnd(_ connection: Int32) {
    var byte: UInt8 = 0
    while recv(connection, &byte, 1, 0) > 0 {}
  }

  private func write(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  private func readRequest(_ connection: Int32) -> String? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let text = String(decoding: bytes, as: UTF8.self)
      if let end = text.firstRange(of: "\r\n\r\n") {
        let head = text[..<end.lowerBound].lowercased()
        let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        let wanted = length.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
        if text[end.upperBound...].utf8.count >= wanted { return text }
      }
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      bytes += buffer[..<count]
    }
  }
}
