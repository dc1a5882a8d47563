package import JSON

/// A request as a simulator sees it.
package struct SimulatedRequest: Sendable {
  package var method: String
  /// The path as it was sent, still percent-encoded, without a trailing slash.
  package var rawPath: String
  /// Its segments, decoded.
  package var path: [String]
  package var query: [String: String]
  /// Names in lower case.
  package var headers: [String: String]
  package var body: [UInt8]

  package init(
    method: String, target: String, headers: [String: String] = [:], body: [UInt8] = []
  ) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var path = String(parts[0])
    if path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.method = method
    rawPath = path
    self.path = path.split(separator: "/").map { PercentDecoding.text(String($0)) }
    query = parts.count > 1 ? PercentDecoding.fields(String(parts[1])) : [:]
    self.headers = headers
    self.body = body
  }

  package var json: JSON? { try? JSON(parsing: body) }

  package var form: [String: String] {
    PercentDecoding.fields(String(decoding: body, as: UTF8.self))
  }
}

/// An answer of a simulator.
package struct SimulatedResponse: Sendable {
  package var status: Int
  package var headers: [String: String]
  package var body: [UInt8]
  /// Ends the connection after half of the body.
  package var breaksOff = false

  package init(_ status: Int, _ json: JSONValue? = nil, headers: [String: String] = [:]) {
    self.status = status
    self.headers = headers
    body = json?.serialized() ?? []
    if json != nil { self.headers["Content-Type"] = "application/json" }
  }

  package init(_ status: Int, text: String, contentType: String, headers: [String: String] = [:]) {
    self.status = status
    self.headers = headers
    self.headers["Content-Type"] = contentType
    body = Array(text.utf8)
  }
}

/// Decodes percent-encoding, `+` in queries and forms included.
enum PercentDecoding {
  static func text(_ encoded: String, plusIsBlank: Bool = false) -> String {
    guard encoded.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return encoded }
    var bytes: [UInt8] = []
    var rest = Array(encoded.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "+"), plusIsBlank {
        bytes.append(UInt8(ascii: " "))
      } else if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func fields(_ encoded: String) -> [String: String] {
    var fields: [String: String] = [:]
    for pair in encoded.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = text(String(parts[0]), plusIsBlank: true)
      fields[name] = parts.count > 1 ? text(String(parts[1]), plusIsBlank: true) : ""
    }
    return fields
  }
}
