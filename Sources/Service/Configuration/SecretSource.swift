#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import Synchronization

/// Where a secret comes from.
package enum SecretSource: Hashable, Sendable {
  case file(String)
  case value(String)
}

/// A secret that is read again when its file changes. The end of line is not part of it (docs/configuration.md, "Secrets").
package final class Secret: Sendable {
  private let source: SecretSource
  private let recheck: Duration
  private let objection: @Sendable (String) -> String?
  private let refused: @Sendable (String) -> Void
  private let reads: PatientRead<Result<String, UnreadableSecret>>
  private let cache = Mutex<(text: String, readAt: ContinuousClock.Instant)?>(nil)

  /// - Parameters:
  ///   - recheck: For so long the file is not looked at again.
  ///   - objection: Why a new text is not taken; the one before stays in use.
  ///   - refused: Told of the objection, once a look.
  ///   - patience: After so long a read that does not come back, as from a volume that is gone, counts as failed.
  package init(
    _ source: SecretSource, recheck: Duration = .seconds(1), patience: Duration = .seconds(2),
    objection: @escaping @Sendable (String) -> String? = { _ in nil },
    refused: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.source = source
    self.recheck = recheck
    self.objection = objection
    self.refused = refused
    reads = PatientRead("rollcall.secret", patience: patience) {
      Result { () throws(UnreadableSecret) in
        switch source {
        case .value(let text): text
        case .file(let path): try Self.readNow(path)
        }
      }
    }
  }

  /// - Throws: `UnreadableSecret`, which names the file.
  package func load() async throws -> String {
    switch source {
    case .value(let text): return text
    case .file(let path):
      if let cached = cache.withLock({ $0 }), cached.readAt.duration(to: .now) < recheck { return cached.text }
      var text = try await readAgain(path)
      if let former = cache.withLock({ $0?.text }), former != text, let problem = objection(text) {
        refused(problem)
        text = former
      }
      cache.withLock { [text] in $0 = (text, .now) }
      return text
    }
  }

  private func readAgain(_ path: String) async throws(UnreadableSecret) -> String {
    let result: Result<String, UnreadableSecret>
    do {
      result = try await reads.value()
    } catch {
      throw UnreadableSecret(path: path, reason: "its volume does not answer")
    }
    return try result.get()
  }

  private static func readNow(_ path: String) throws(UnreadableSecret) -> String {
    guard let bytes = contents(of: path, atMost: maxBytes + 1) else {
      throw UnreadableSecret(path: path, reason: "it is missing or may not be read")
    }
    guard bytes.count <= maxBytes else { throw UnreadableSecret(path: path, reason: "it is over 1 MiB") }
    var text = String(decoding: bytes, as: UTF8.self)
    while text.hasSuffix("\n") || text.hasSuffix("\r\n") { text.removeLast() }
    guard !text.isEmpty else { throw UnreadableSecret(path: path, reason: "it is empty") }
    return text
  }

  private static let maxBytes = 1 << 20

  /// Nil when the file cannot be read. More than `limit` bytes are not read, whatever the path leads to.
  private static func contents(of path: String, atMost limit: Int) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer: [UInt8] = Array(repeating: 0, count: 16 << 10)
    while bytes.count < limit {
      let count = read(file, &buffer, min(buffer.count, limit - bytes.count))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return bytes
  }
}

/// A secret's file that cannot be used.
package struct UnreadableSecret: Error, CustomStringConvertible {
  package var path: String
  package var reason: String

  package var description: String { "the file '\(path)' cannot be used: \(reason)" }
}
