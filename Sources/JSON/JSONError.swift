internal import CJansson

/// Why bytes are not a document. Says where, and never repeats the text: it may hold personal data.
package struct JSONError: Error, Hashable, CustomStringConvertible {
  package enum Kind: String, Hashable, Sendable {
    case syntax = "not JSON"
    case duplicateKey = "a key stands twice in an object"
    case tooDeep = "nested too deeply"
    case tooLarge = "too large"
    case tooManyValues = "holds too many values"
    case nameTooLong = "the name of a member is too long"
    case invalidUTF8 = "not UTF-8"
    case integerOutOfRange = "a number is out of range"
    case premature = "ends too early"
  }

  package var kind: Kind
  /// 1-based; 0 when it does not apply.
  package var line: Int
  package var column: Int
  /// In bytes from the start.
  package var position: Int

  init(_ kind: Kind, line: Int = 0, column: Int = 0, position: Int = 0) {
    self.kind = kind
    self.line = line
    self.column = column
    self.position = position
  }

  init(_ error: json_error_t) {
    var error = error
    let kind: Kind =
      switch json_error_code(&error) {
      case json_error_duplicate_key: .duplicateKey
      case json_error_stack_overflow: .tooDeep
      case json_error_out_of_memory: .tooLarge
      case json_error_invalid_utf8: .invalidUTF8
      case json_error_numeric_overflow: .integerOutOfRange
      case json_error_premature_end_of_input: .premature
      default: .syntax
      }
    self.init(kind, line: Int(error.line), column: Int(error.column), position: Int(error.position))
  }

  package var description: String {
    line > 0 ? "\(kind.rawValue) (line \(line), column \(column))" : kind.rawValue
  }
}
