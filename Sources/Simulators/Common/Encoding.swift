import HTTPTransport

/// Percent-encoding, for links in answers.
enum PercentEncoding {
  static func text(_ text: String) -> String {
    URLEncoding.queryValue(text)
  }
}

/// The value of a `Basic` header.
enum BasicCredential {
  static func encode(_ username: String, _ password: String) -> String {
    Base64.encode(Array("\(username):\(password)".utf8))
  }
}
