import Foundation
import HTTPTransport
import JSON
import Synchronization

/// An HTTP/1.1 server on a loopback socket that answers as a closure says, breaks off where it says, and keeps what it was asked.
final class ScriptedServer: Sendable {
  struct Request: Sendable {
    var method: String
    /// Path and query as they came.
    var target: String
    var headers: HTTPHeaders
    var body: [UInt8]

    /// Where this server's Graph begins, for links.
    var root: String { "http://\(headers["Host"] ?? "")/v1.0" }
    var path: String { String(target.prefix { $0 != "?" }) }
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON? { try? JSON(parsing: body) }
    var line: String { "\(method) \(target)" }
  }

  struct Reply: Sendable {
    var status = 200
    var headers: [(String, String)] = []
    var body: [UInt8] = []
    /// Promises the whole body, sends half of it and hangs up.
    var breaksOff = false

    static func json(_ value: JSONValue) -> Reply { json(200, value) }

    static func json(_ status: Int, _ value: JSONValue, _ headers: [(String, String)] = []) -> Reply {
      Reply(status: status, headers: [("Content-Type", "application/json")] + headers, body: value.serialized())
    }

    static func error(_ status: Int, _ code: String, _ headers: [(String, String)] = []) -> Reply {
      .json(status, ["error": ["code": .string(code), "message": "no"]], headers)
    }
  }

  let port: Int
  private let listener: Int32
  private let respond: @Sendable (Request) -> Reply
  private let seen = Mutex<[Request]>([])
  private let connections = Mutex((open: Set<Int32>(), isStopped: false))

  var url: String { "http://127.0.0.1:\(port)" }
  var requests: [Request] { seen.withLock { $0 } }
  var lines: [String] { requests.map(\.line) }

  init(_ respond: @escaping @Sendable (Request) -> Reply) throws {
    self.respond = respond
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let (fd, size) = (listener, length)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(fd, address, size) == 0 && listen(fd, 64) == 0 && getsockname(fd, address, &length) == 0
      }
    }
    guard bound else { throw ServerFailed() }
    port = Int(UInt16(bigEndian: address.sin_port))
    // Threads of its own: blocked ones in a shared pool would starve everything else.
    Thread.detachNewThread { self.accept() }
  }

  struct ServerFailed: Error {}

  /// Once is enough; again does nothing.
  func stop() {
    // The accepting thread closes it, after this: its number must not be given to another socket while either may still use it.
    connections.withLock { connections in
      guard !connections.isStopped else { return }
      connections.isStopped = true
      shutdown(listener, Int32(SHUT_RDWR))
      for connection in connections.open { shutdown(connection, Int32(SHUT_RDWR)) }
    }
  }

  private func accept() {
    defer { close(listener) }
    while true {
      let connection = Foundation.accept(listener, nil, nil)
      let isStopped = connections.withLock { connections in
        if !connections.isStopped, connection >= 0 { connections.open.insert(connection) }
        return connections.isStopped
      }
      if isStopped {
        if connection >= 0 { close(connection) }
        return
      }
      guard connection >= 0 else { continue }
      Thread.detachNewThread { [self] in
        serve(connection)
        connections.withLock { _ = $0.open.remove(connection) }
        close(connection)
      }
    }
  }

  private func serve(_ connection: Int32) {
    var buffer: [UInt8] = []
    while let request = read(connection, &buffer) {
      seen.withLock { $0.append(request) }
      let reply = respond(request)
      var head = "HTTP/1.1 \(reply.status) Scripted\r\nContent-Length: \(reply.body.count)\r\n"
      for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
      let body = reply.breaksOff ? Array(reply.body.prefix(reply.body.count / 2)) : reply.body
      guard write(connection, Array((head + "\r\n").utf8) + body), !reply.breaksOff else { return }
    }
  }

  private func write(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  private func read(_ connection: Int32, _ buffer: inout [UInt8]) -> Request? {
    let blank = Array("\r\n\r\n".utf8)
    while true {
      if let end = buffer.firstRange(of: blank) {
        let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let start = lines[0].split(separator: " ")
        var headers = HTTPHeaders()
        for line in lines.dropFirst() {
          let parts = line.split(separator: ":", maxSplits: 1)
          headers.append(String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        let length = headers["Content-Length"].flatMap(Int.init) ?? 0
        if buffer.count >= end.upperBound + length {
          let body = Array(buffer[end.upperBound..<end.upperBound + length])
          buffer.removeFirst(end.upperBound + length)
          return Request(method: String(start[0]), target: String(start[1]), headers: headers, body: body)
        }
      }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = recv(connection, &chunk, chunk.count, 0)
      guard count > 0 else { return nil }
      buffer += chunk[..<count]
    }
  }
}
