import CConsolePage
import CZlib
import Cryptography

/// A file of the console's page, as it is served.
package struct ConsoleFile: Sendable {
  package let name: String
  package let contentType: String
  package let bytes: [UInt8]
  /// The same as gzip: a third of it.
  package let compressed: [UInt8]
  /// A strong one (RFC 9110, section 8.8.3): the hash of the bytes.
  package let entityTag: String
  package let compressedTag: String

  /// All of them, by name.
  package static let all: [String: ConsoleFile] = {
    var files: [String: ConsoleFile] = [:]
    for index in 0..<console_page_file_count() {
      guard let file = console_page_file_at(index)?.pointee else { continue }
      let name = String(cString: file.name)
      files[name] = ConsoleFile(name, Array(UnsafeBufferPointer(start: file.bytes, count: file.count)))
    }
    return files
  }()

  private init(_ name: String, _ bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    var room = [UInt8](repeating: 0, count: bytes.count + 64)
    let count = shim_gzip(bytes, bytes.count, &room, room.count)
    compressed = Array(room.prefix(count))
    contentType = Self.contentTypes[String(name.split(separator: ".").last ?? "")] ?? "application/octet-stream"
    let hash = Hexadecimal.text(SHA256.hash(bytes).prefix(16))
    entityTag = "\"\(hash)\""
    compressedTag = "\"\(hash)-gzip\""
  }

  private static let contentTypes = [
    "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
  ]

  /// What a browser may do with the page: nothing but its own files and the API beside it, and no text becomes markup or a script.
  package static let contentSecurityPolicy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
    "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].joined(separator: "; ")
}
