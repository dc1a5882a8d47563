internal import CJansson

/// How large and how deep a document may be.
package struct JSONLimits: Hashable, Sendable {
  package var maxBytes: Int
  /// How many objects and arrays may stand within one another.
  package var maxDepth: Int

  package init(maxBytes: Int = 64 << 20, maxDepth: Int = 64) {
    self.maxBytes = maxBytes
    self.maxDepth = maxDepth
  }

  package static let standard = JSONLimits()
}

enum Parser {
  static func parse(_ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits) throws(JSONError) -> Document {
    guard bytes.count <= limits.maxBytes else { throw JSONError(.tooLarge) }
    if let position = positionOfExcessDepth(bytes, limits.maxDepth) { throw JSONError(.tooDeep, position: position) }
    guard let start = bytes.baseAddress, !bytes.isEmpty else { throw JSONError(.premature) }
    var error = json_error_t()
    let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL
    let root = json_loadb(start.assumingMemoryBound(to: CChar.self), bytes.count, Int(flags), &error)
    guard let root else { throw JSONError(error) }
    return Document(owning: root)
  }

  /// Where the nesting passes the limit, found before any memory is spent on a tree. Brackets within texts do not count.
  private static func positionOfExcessDepth(_ bytes: UnsafeRawBufferPointer, _ limit: Int) -> Int? {
    var depth = 0
    var isInText = false
    var position = 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""): isInText.toggle()
      case UInt8(ascii: "\\") where isInText: position += 1
      case UInt8(ascii: "{") where !isInText, UInt8(ascii: "[") where !isInText:
        depth += 1
        if depth > limit { return position }
      case UInt8(ascii: "}") where !isInText, UInt8(ascii: "]") where !isInText:
        depth -= 1
      default: break
      }
      position += 1
    }
    return nil
  }
}
