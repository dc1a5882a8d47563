internal import CJansson

/// A read-only view into a parsed document. A copy keeps the document alive and costs no allocation; text is decoded only where it is
/// asked for.
package struct JSON: @unchecked Sendable {
  package enum Kind: Hashable, Sendable {
    case object, array, string, integer, real, boolean, null
  }

  private let document: Document
  private let handle: Handle

  private init(_ document: Document, _ handle: Handle) {
    self.document = document
    self.handle = handle
  }

  private init(_ document: Document) {
    self.init(document, document.root)
  }

  /// Parses one value of any kind, in UTF-8, with nothing but blanks around it.
  /// - Throws: `JSONError` for anything that is not JSON (RFC 8259), for a key that stands twice in an object, for integers beyond
  ///   64 bits, and for what passes the limits.
  package init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(JSONError) in try JSON(parsing: buffer, limits: limits) }
    }
    self = try result.get()
  }

  /// As `init(parsing:limits:)`, without a copy of the bytes.
  package init(parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits = .standard) throws(JSONError) {
    _ = try Scanner.scan(bytes, limits)
    self.init(try Parser.parse(bytes))
  }

  /// As `init(parsing:)`, for documents of others: a number that does not fit, in a field that is never read, is no reason to refuse
  /// them. Where there is one, all integers are read as reals.
  package init(parsingAnyNumbers bytes: [UInt8]) throws(JSONError) {
    try self.init(parsingAnyNumbers: try JSONText(bytes))
  }

  /// As `init(parsingAnyNumbers:)`, for a text whose limits are checked already.
  package init(parsingAnyNumbers text: JSONText) throws(JSONError) {
    let result = text.bytes.withUnsafeBytes { buffer in
      Result { () throws(JSONError) in
        do throws(JSONError) {
          return try Parser.parse(buffer)
        } catch  where error.kind == .integerOutOfRange {
          return try Parser.parse(buffer, readsIntegersAsReals: true)
        }
      }
    }
    self.init(try result.get())
  }

  package var kind: Kind {
    switch handle.pointee.type {
    case JSON_OBJECT: .object
    case JSON_ARRAY: .array
    case JSON_STRING: .string
    case JSON_INTEGER: .integer
    case JSON_REAL: .real
    case JSON_TRUE, JSON_FALSE: .boolean
    default: .null
    }
  }

  /// The member of this name; nil when there is none, or this is not an object.
  package subscript(key: String) -> JSON? {
    guard kind == .object else { return nil }
    var key = key
    return key.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        member(characters)
      }
    }
  }

  /// As the subscript by `String`, for names that the compiler knows.
  package subscript(key: StaticString) -> JSON? {
    guard kind == .object else { return nil }
    return key.withUTF8Buffer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        member(characters)
      }
    }
  }

  private func member(_ key: UnsafeBufferPointer<CChar>) -> JSON? {
    guard let start = key.baseAddress else { return nil }
    return json_object_getn(handle, start, key.count).map { JSON(document, $0) }
  }

  /// The element at this index; nil when there is none, or this is not an array.
  package subscript(index: Int) -> JSON? {
    guard index >= 0 else { return nil }
    return json_array_get(handle, index).map { JSON(document, $0) }
  }

  package var string: String? {
    guard kind == .string, let start = json_string_value(handle) else { return nil }
    let bytes = UnsafeBufferPointer(start: start, count: json_string_length(handle))
    return bytes.withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
  }

  package var integer: Int64? {
    kind == .integer ? Int64(json_integer_value(handle)) : nil
  }

  /// The value of a real or an integer; integers beyond 2^53 lose their last digits here.
  package var double: Double? {
    switch kind {
    case .integer, .real: json_number_value(handle)
    default: nil
    }
  }

  package var boolean: Bool? {
    kind == .boolean ? handle.pointee.type == JSON_TRUE : nil
  }

  package var isNull: Bool { kind == .null }

  /// How many elements an array or members an object has, otherwise 0.
  package var count: Int {
    kind == .object ? json_object_size(handle) : json_array_size(handle)
  }

  /// The elements of an array, in order; none when this is not an array.
  package var elements: some Sequence<JSON> {
    (0..<json_array_size(handle)).lazy.compactMap { self[$0] }
  }

  /// The members of an object, in the order of the text; none when this is not an object.
  package var members: some Sequence<(key: String, value: JSON)> {
    sequence(state: json_object_iter(handle)) { iterator -> (key: String, value: JSON)? in
      guard let current = iterator, let value = json_object_iter_value(current),
        let name = json_object_iter_key(current)
      else { return nil }
      defer { iterator = json_object_iter_next(handle, current) }
      let bytes = UnsafeBufferPointer(start: name, count: json_object_iter_key_len(current))
      let key = bytes.withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
      return (key, JSON(document, value))
    }
  }

  /// A deep copy.
  package var value: JSONValue {
    switch kind {
    case .object: .object(Dictionary(members.map { ($0.key, $0.value.value) }) { first, _ in first })
    case .array: .array(elements.map(\.value))
    case .string: .string(string ?? "")
    case .integer: .integer(integer ?? 0)
    case .real: .real(double ?? 0)
    case .boolean: .boolean(boolean ?? false)
    case .null: .null
    }
  }
}
