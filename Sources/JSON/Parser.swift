internal import CJansson

/// How large and how deep a document may be.
package struct JSONLimits: Hashable, Sendable {
  package var maxBytes: Int
  /// How many objects and arrays may stand within one another.
  package var maxDepth: Int
  /// Reads every integer as a real: for documents of others, in which integers beyond 64 bits may stand where nobody looks.
  package var readsIntegersAsReals: Bool

  package init(maxBytes: Int = 64 << 20, maxDepth: Int = 64, readsIntegersAsReals: Bool = false) {
    self.maxBytes = maxBytes
    self.maxDepth = maxDepth
    self.readsIntegersAsReals = readsIntegersAsReals
  }

  package static let standard = JSONLimits()
}

enum Parser {
  static func parse(_ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits) throws(JSONError) -> Document {
    guard bytes.count <= limits.maxBytes else { throw JSONError(.tooLarge) }
    guard let start = bytes.baseAddress, !bytes.isEmpty else { throw JSONError(.premature) }
    try scan(bytes, limits.maxDepth)
    var error = json_error_t()
    let numbers = limits.readsIntegersAsReals ? JSON_DECODE_INT_AS_REAL : 0
    let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL | numbers
    let root = json_loadb(start.assumingMemoryBound(to: CChar.self), bytes.count, Int(flags), &error)
    guard let root else { throw JSONError(error) }
    return Document(owning: root)
  }

  /// Refuses nesting beyond the limit before any memory is spent on a tree; brackets within texts do not count. Refuses NUL bytes,
  /// which jansson would skip behind a number.
  private static func scan(_ bytes: UnsafeRawBufferPointer, _ maxDepth: Int) throws(JSONError) {
    var depth = 0
    var isInText = false
    var line = 1
    var lineStart = 0
    var position = 0
    func refusal(_ kind: JSONError.Kind) -> JSONError {
      JSONError(kind, line: line, column: position - lineStart + 1, position: position + 1)
    }
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""): isInText.toggle()
      case UInt8(ascii: "\\") where isInText: position += 1
      case UInt8(ascii: "{") where !isInText, UInt8(ascii: "[") where !isInText:
        depth += 1
        if depth > maxDepth { throw refusal(.tooDeep) }
      case UInt8(ascii: "}") where !isInText, UInt8(ascii: "]") where !isInText:
        depth -= 1
      case UInt8(ascii: "\n"):
        line += 1
        lineStart = position + 1
      case 0: throw refusal(.syntax)
      default: break
      }
      position += 1
    }
  }
}
