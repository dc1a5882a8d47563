import Service

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Text for people who watch for errors.
enum StandardError {
  /// Whether a person is looking.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Lines for people.
  static func write(_ text: String) {
    writeRaw(text.printableLines + "\n")
  }

  /// What may command the terminal.
  static func writeRaw(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

extension StandardOutput {
  /// What was printed goes out now, also into a pipe.
  static func flush() {
    fflush(nil)
  }
}

/// Whether the listener could be opened.
enum PortProbe {
  static func isFree(host: String, port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var reuse: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1 else {
      // A name or an IPv6 address is left to the listener itself.
      return true
    }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}

/// Lines of a file or of standard input, one at a time.
final class LineReader {
  private let file: UnsafeMutablePointer<FILE>

  /// - Parameter path: `-` is standard input. Nil when the file cannot be read.
  init?(path: String) {
    guard let file = path == "-" ? fdopen(dup(STDIN_FILENO), "r") : fopen(path, "r") else { return nil }
    self.file = file
  }

  deinit {
    fclose(file)
  }

  func next() -> String? {
    var buffer: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(buffer) }
    let count = getline(&buffer, &capacity, file)
    guard count >= 0, let buffer else { return nil }
    let bytes = UnsafeBufferPointer(start: buffer, count: count)
    var line = bytes.withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
    while line.hasSuffix("\n") || line.hasSuffix("\r\n") { line.removeLast() }
    return line
  }
}
