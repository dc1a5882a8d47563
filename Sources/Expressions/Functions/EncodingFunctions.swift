extension Function {
  /// docs/reference/expressions.md, "Encoding".
  static let encoding: [Function] = [
    Function("ConvertToBase64", .required("source")) { call, context throws(EvaluationError) in
      guard let source = try call.text(0, context) else { return .null }
      return .text(base64(source.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }))
    },
    Function("ConvertToUTF8Hex", .required("source")) { call, context throws(EvaluationError) in
      guard let source = try call.text(0, context) else { return .null }
      let digits = Array("0123456789ABCDEF".utf8)
      return .text(
        String(decoding: source.utf8.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self))
    },
  ]

  private static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
