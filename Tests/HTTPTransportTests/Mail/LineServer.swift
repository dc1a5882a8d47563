import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A mail server on loopback that takes everything, unless a test gives it another reply for a command; one connection, one thread.
final class LineServer: Sendable {
  let port: Int
  private let listener: Int32
  private let replies: [String: String]
  private let seen = Mutex<[String]>([])

  struct CannotListen: Error {}

  /// - Parameter replies: By command; `greeting` is the first line, `.` the end of the message.
  init(replies: [String: String]) throws {
    self.replies = replies
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(listener, pointer, length) == 0 && listen(listener, 4) == 0 && getsockname(listener, pointer, &length) == 0
      }
    }
    guard bound else { throw CannotListen() }
    port = Int(UInt16(bigEndian: address.sin_port))
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<LineServer>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    pthread_detach(thread)
  }

  var url: String { "smtp://127.0.0.1:\(port)" }
  var lines: [String] { seen.withLock { $0 } }

  /// To be called once; the thread closes the socket.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func run() {
    defer { close(listener) }
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { return }
      serve(connection)
      close(connection)
    }
  }

  private func serve(_ connection: Int32) {
    guard say(connection, replies["greeting"] ?? "220 ready") else { return }
    var isMessage = false
    var previous = ""
    var pending: [UInt8] = []
    while let line = readLine(connection, &pending) {
      seen.withLock { $0.append(line) }
      if isMessage, line != "." { continue }
      let command = String(line.prefix { $0 != " " })
      isMessage = command == "DATA"
      let usual =
        ["DATA": "354 go on", "QUIT": "221 bye", "EHLO": "250 hello", "AUTH": "334 "][command]
        ?? (previous == "AUTH" ? "235 welcome" : "250 fine")
      previous = command
      guard say(connection, replies[command] ?? usual), command != "QUIT" else { return }
    }
  }

  private func say(_ connection: Int32, _ line: String) -> Bool {
    let bytes = Array((line + "\r\n").utf8)
    return send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
  }

  private func readLine(_ connection: Int32, _ pending: inout [UInt8]) -> String? {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeFirst(end + 1)
        return line.hasSuffix("\r") ? String(line.dropLast()) : line
      }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      pending += buffer[..<count]
    }
  }
}
