internal import CJansson

/// How large and how deep a document may be, and how much it may hold.
package struct JSONLimits: Hashable, Sendable {
  package var maxBytes: Int
  /// How many objects and arrays may stand within one another.
  package var maxDepth: Int
  /// How many objects, arrays, strings, numbers, Booleans and nulls there may be.
  package var maxValues: Int
  /// How long a name of a member may be. Hashing one takes the square of its length in the worst case, a long row of combining marks.
  package var maxNameBytes: Int

  package init(
    maxBytes: Int = 64 << 20, maxDepth: Int = 64, maxValues: Int = .max, maxNameBytes: Int = .max
  ) {
    self.maxBytes = maxBytes
    self.maxDepth = maxDepth
    self.maxValues = maxValues
    self.maxNameBytes = maxNameBytes
  }

  package static let standard = JSONLimits()
}

enum Parser {
  /// - Parameter bytes: Looked through by `Scanner`.
  /// - Parameter readsIntegersAsReals: For documents of others, in which integers beyond 64 bits may stand where nothing reads them.
  static func parse(
    _ bytes: UnsafeRawBufferPointer, readsIntegersAsReals: Bool = false
  ) throws(JSONError) -> Document {
    do throws(JSONError) {
      return try parseStrictly(bytes, readsIntegersAsReals: readsIntegersAsReals)
    } catch {
      guard let repaired = LoneSurrogates.repaired(bytes) else { throw error }
      let result = repaired.withUnsafeBytes { buffer in
        Result { () throws(JSONError) in try parseStrictly(buffer, readsIntegersAsReals: readsIntegersAsReals) }
      }
      return try result.get()
    }
  }

  private static func parseStrictly(
    _ bytes: UnsafeRawBufferPointer, readsIntegersAsReals: Bool
  ) throws(JSONError) -> Document {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { throw JSONError(.premature) }
    var error = json_error_t()
    let numbers = readsIntegersAsReals ? JSON_DECODE_INT_AS_REAL : 0
    let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL | numbers
    let root = json_loadb(start.assumingMemoryBound(to: CChar.self), bytes.count, Int(flags), &error)
    guard let root else { throw JSONError(error) }
    return Document(owning: root)
  }
}
