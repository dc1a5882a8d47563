internal import CJansson

/// Writes through a jansson tree that lives for the length of one call.
enum Writer {
  static func write(_ value: JSONValue, pretty: Bool) -> [UInt8] {
    var digits = shortDigits
    guard let root = tree(value, &digits) else { return Array("null".utf8) }
    let document = Document(owning: root)
    let layout = pretty ? indentation : Int(JSON_COMPACT)
    let flags = layout | Int(JSON_SORT_KEYS | JSON_ENCODE_ANY) | shim_real_precision(digits)
    var bytes: [UInt8] = []
    _ = withUnsafeMutablePointer(to: &bytes) { output in
      json_dump_callback(document.root, append, output, flags)
    }
    return bytes
  }

  private static let indentation = 2

  /// A decimal of up to 15 digits survives the way through a double; any other double needs 17, as 16 fail for some powers of two.
  private static let shortDigits = 15

  private static let append: json_dump_callback_t = { buffer, size, output in
    guard let buffer, let output else { return -1 }
    let bytes = UnsafeRawBufferPointer(start: buffer, count: size)
    output.assumingMemoryBound(to: [UInt8].self).pointee.append(contentsOf: bytes)
    return 0
  }

  /// One new reference. Containers take over those of what is put into them, also when that fails.
  /// - Parameter digits: Raised to as many as the reals need to be read back exactly.
  private static func tree(_ value: JSONValue, _ digits: inout Int) -> Handle? {
    switch value {
    case .null: return json_null()
    case .boolean(let boolean): return boolean ? json_true() : json_false()
    case .integer(let integer): return json_integer(json_int_t(integer))
    case .real(let real):
      guard real.isFinite else { return json_null() }
      let significant = real.description.prefix { $0 != "e" }.drop { "-0.".contains($0) }
      if significant.lazy.filter(\.isNumber).count > shortDigits { digits = 17 }
      return json_real(real)
    case .string(var string):
      return string.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { characters in
          characters.baseAddress.flatMap { json_stringn_nocheck($0, characters.count) }
        }
      }
    case .array(let elements):
      guard let array = json_array() else { return nil }
      for element in elements {
        json_array_append_new(array, tree(element, &digits))
      }
      return array
    case .object(let members):
      guard let object = json_object() else { return nil }
      for (key, member) in members {
        var key = key
        let child = tree(member, &digits)
        key.withUTF8 { bytes in
          bytes.withMemoryRebound(to: CChar.self) { characters in
            guard let start = characters.baseAddress else { return json_decref(child) }
            json_object_setn_new_nocheck(object, start, characters.count, child)
          }
        }
      }
      return object
    }
  }
}
