#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import Synchronization

/// Where a secret comes from.
package enum SecretSource: Hashable, Sendable {
  case file(String)
  case value(String)
}

/// A secret that is read again when its file changes. The end of line is not part of it (contract, section 5).
package final class Secret: Sendable {
  private let source: SecretSource
  private let recheck: Duration
  private let objection: @Sendable (String) -> String?
  private let refused: @Sendable (String) -> Void
  private let cache = Mutex<(text: String, readAt: ContinuousClock.Instant)?>(nil)

  /// - Parameters:
  ///   - recheck: For so long the file is not looked at again.
  ///   - objection: Why a new text is not taken; the one before stays in use.
  ///   - refused: Told of the objection, once a look.
  package init(
    _ source: SecretSource, recheck: Duration = .seconds(1),
    objection: @escaping @Sendable (String) -> String? = { _ in nil },
    refused: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.source = source
    self.recheck = recheck
    self.objection = objection
    self.refused = refused
  }

  /// - Throws: `UnreadableSecret`, which names the file.
  package func load() async throws -> String {
    switch source {
    case .value(let text): return text
    case .file(let path):
      if let cached = cache.withLock({ $0 }), cached.readAt.duration(to: .now) < recheck { return cached.text }
      var text = try await Self.read(path)
      if let former = cache.withLock({ $0?.text }), former != text, let problem = objection(text) {
        refused(problem)
        text = former
      }
      cache.withLock { [text] in $0 = (text, .now) }
      return text
    }
  }

  private static func read(_ path: String) async throws -> String {
    try await offPool { Result { try readNow(path) } }.get()
  }

  private static func readNow(_ path: String) throws(UnreadableSecret) -> String {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw UnreadableSecret(path: path, reason: "it is missing or may not be read")
    }
    guard bytes.count <= 1 << 20 else { throw UnreadableSecret(path: path, reason: "it is over 1 MiB") }
    var text = String(decoding: bytes, as: UTF8.self)
    while text.hasSuffix("\n") || text.hasSuffix("\r\n") { text.removeLast() }
    guard !text.isEmpty else { throw UnreadableSecret(path: path, reason: "it is empty") }
    return text
  }
}

/// A secret's file that cannot be used.
package struct UnreadableSecret: Error, CustomStringConvertible {
  package var path: String
  package var reason: String

  package var description: String { "the file '\(path)' cannot be used: \(reason)" }
}
