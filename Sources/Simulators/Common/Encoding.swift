import HTTPTransport

/// Percent-encoding, for links in answers.
enum PercentEncoding {
  static func text(_ text: String) -> String {
    URLEncoding.queryValue(text)
  }
}

/// The value of a `Basic` header.
enum BasicCredential {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

  static func encode(_ username: String, _ password: String) -> String {
    let bytes = Array("\(username):\(password)".utf8)
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for position in 0..<4 {
        text.append(position <= group.count ? alphabet[bits >> (18 - 6 * position) & 63] : "=")
      }
    }
    return text
  }
}
