/// Text as .NET sees it: a row of UTF-16 units without any notion of equivalent characters, which Swift's own `==` has.
extension String {
  func isOrdinallyEqual(to other: String) -> Bool {
    // `==` of texts normalizes both, which takes the square of the length for a long row of marks. So does hashing them.
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }

  /// At most `length` UTF-16 units from the unit `start`, which counts from 0. A surrogate pair that a border would cut
  /// stays out.
  func slice(from start: Int64, length: Int64) -> String {
    let (sum, overflows) = start.addingReportingOverflow(length)
    let end = overflows ? Int64.max : sum
    var slice = String.UnicodeScalarView()
    var position: Int64 = 0
    for scalar in unicodeScalars {
      let next = position + Int64(UTF16.width(scalar))
      if next > end { break }
      if position >= start { slice.append(scalar) }
      position = next
    }
    return String(slice)
  }

  /// Byte by byte: in valid UTF-8 that finds whole scalars only. Nil when the result would be longer than so many
  /// bytes.
  func replacingOrdinally(_ old: String, with new: String, atMost limit: Int) -> String? {
    let (text, old, new) = (Array(utf8), Array(old.utf8), Array(new.utf8))
    var result: [UInt8] = []
    var end = 0
    OrdinalSearch(for: old).forEachPlace(in: text) { start in
      result += text[end..<start]
      result += new
      end = start + old.count
      return result.count <= limit
    }
    if end == 0 { return self }
    return result.count <= limit ? String(decoding: result + text[end...], as: UTF8.self) : nil
  }

  /// Without white space at both ends.
  var trimmed: String {
    guard let first = utf8.first, let last = utf8.last else { return self }
    // No white space is below the blank but the controls, and the rest of ASCII has none.
    if (0x21..<0x80).contains(first), (0x21..<0x80).contains(last) { return self }
    let scalars = unicodeScalars
    guard let start = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let end = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[start...end])
  }
}
