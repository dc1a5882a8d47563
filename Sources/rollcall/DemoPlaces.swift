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
    let url = FileManager.default.temporaryDirectory.appending(path: "rollcall-demo-\(getpid())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
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
