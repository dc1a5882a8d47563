import Service

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A folder that is gone when the demonstration is.
struct TemporaryFolder {
  let path: String

  init() throws {
    // Made by one call, for this user alone: a name that could be guessed could be taken before.
    var template = Array((FileManager.default.temporaryDirectory.path + "/rollcall-demo-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw CocoaError(.fileWriteUnknown)
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func remove() {
    try? FileManager.default.removeItem(atPath: path)
  }
}

/// The admin token of one demonstration.
enum DemoToken {
  static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in String(UInt64.random(in: UInt64.max / 2...(.max), using: &generator), radix: 16) }
      .joined()
  }
}

/// A port without a listener.
enum FreePort {
  static func find() throws -> Int {
    for _ in 0..<100 {
      let port = Int.random(in: 20_000..<60_000)
      if PortProbe.isFree(host: "127.0.0.1", port: port) { return port }
    }
    throw NoFreePort()
  }

  struct NoFreePort: Error {}
}
