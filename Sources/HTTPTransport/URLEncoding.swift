/// Percent-encoding (RFC 3986): everything but the unreserved characters is encoded.
package enum URLEncoding {
  private static let hexadecimal = Array("0123456789ABCDEF".utf8)

  /// For one segment of a path: `/` becomes `%2F`, `|` becomes `%7C`.
  package static func pathSegment(_ text: String) -> String {
    encode(text)
  }

  /// For a name or a value in a query; a blank becomes `%20`, which every server reads alike.
  package static func queryValue(_ text: String) -> String {
    encode(text)
  }

  /// `application/x-www-form-urlencoded`.
  package static func formBody(_ fields: [(String, String)]) -> [UInt8] {
    Array(fields.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&").utf8)
  }

  private static func encode(_ text: String) -> String {
    var encoded: [UInt8] = []
    encoded.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if isUnreserved(byte) {
        encoded.append(byte)
      } else {
        encoded += [UInt8(ascii: "%"), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }
}
