/// A text that was looked through before any memory is spent on a tree: not nested too deeply, not of too many values, and what the tree
/// would take is known.
package struct JSONText: Sendable {
  let bytes: [UInt8]
  package let census: JSONCensus

  /// - Throws: `JSONError` for what passes the limits. Whether the rest is JSON shows when it is parsed.
  package init(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
    self.bytes = bytes
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(JSONError) in try Scanner.scan(buffer, limits) }
    }
    census = try result.get()
  }
}

/// What a text holds, counted in one pass over its bytes. Of a text that is no JSON it counts at least what a parser builds before it
/// comes upon that.
package struct JSONCensus: Hashable, Sendable {
  package fileprivate(set) var objects = 0
  package fileprivate(set) var arrays = 0
  /// Names included until the colon behind them.
  package fileprivate(set) var strings = 0
  /// Numbers, and true, false and null.
  package fileprivate(set) var literals = 0
  /// Names of objects' members.
  package fileprivate(set) var names = 0
  fileprivate var stringBytes = 0
  fileprivate var longestString = 0

  /// Objects, arrays, strings, numbers, Booleans and nulls.
  package var values: Int { objects + arrays + strings + literals }

  /// At least what the tree takes at its largest, in bytes, with what the parser itself needs: jansson's structures in chunks of glibc's
  /// allocator, tables that double, and a longest string that is copied as it grows.
  package var treeBytes: Int {
    objects * 224 + arrays * 128 + names * 128 + strings * 80 + literals * 32 + values * 24 + stringBytes
      + longestString * 4
  }
}

/// Looks through bytes before they are parsed.
enum Scanner {
  /// Refuses nesting and numbers of values beyond the limits before any memory is spent on a tree; what stands within strings does not
  /// count. Refuses NUL bytes, which jansson would skip behind a number.
  static func scan(_ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits) throws(JSONError) -> JSONCensus {
    guard bytes.count <= limits.maxBytes else { throw JSONError(.tooLarge) }
    var census = JSONCensus()
    var depth = 0
    var line = 1
    var lineStart = 0
    var position = 0
    /// Where the string began that the scan is in.
    var stringStart: Int?
    var isInLiteral = false
    var isAfterString = false
    var lastStringBytes = 0
    func refusal(_ kind: JSONError.Kind) -> JSONError {
      JSONError(kind, line: line, column: position - lineStart + 1, position: position + 1)
    }
    while position < bytes.count {
      let byte = bytes[position]
      if let start = stringStart {
        switch byte {
        case UInt8(ascii: "\""):
          stringStart = nil
          isAfterString = true
          lastStringBytes = position - start - 1
          census.stringBytes += lastStringBytes
          census.longestString = max(census.longestString, lastStringBytes)
        case UInt8(ascii: "\\"): position += 1
        case UInt8(ascii: "\n"):
          line += 1
          lineStart = position + 1
        case 0: throw refusal(.syntax)
        default: break
        }
        position += 1
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        stringStart = position
        isInLiteral = false
        census.strings += 1
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        if depth > limits.maxDepth { throw refusal(.tooDeep) }
        if byte == UInt8(ascii: "{") { census.objects += 1 } else { census.arrays += 1 }
        (isInLiteral, isAfterString) = (false, false)
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        (isInLiteral, isAfterString) = (false, false)
      case UInt8(ascii: ","): (isInLiteral, isAfterString) = (false, false)
      case UInt8(ascii: ":"):
        if isAfterString {
          if lastStringBytes > limits.maxNameBytes { throw refusal(.nameTooLong) }
          census.strings -= 1
          census.names += 1
        }
        (isInLiteral, isAfterString) = (false, false)
      case UInt8(ascii: "\n"):
        line += 1
        lineStart = position + 1
        isInLiteral = false
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): isInLiteral = false
      case 0: throw refusal(.syntax)
      default:
        if !isInLiteral { census.literals += 1 }
        isInLiteral = true
      }
      if census.values > limits.maxValues { throw refusal(.tooManyValues) }
      position += 1
    }
    if let start = stringStart {
      census.stringBytes += bytes.count - start
      census.longestString = max(census.longestString, bytes.count - start)
    }
    return census
  }
}
