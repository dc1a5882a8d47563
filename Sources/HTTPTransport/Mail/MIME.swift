/// The encodings that mail needs for everything beyond ASCII and short lines.
enum MIME {
  private static let hexadecimal = Array("0123456789ABCDEF".utf8)

  /// For a header (RFC 2047): as it is when it is plain ASCII, otherwise in encoded words of at most 75 characters, one a line.
  /// Characters that could end the header become blanks.
  static func headerText(_ text: String) -> String {
    let text = text.singleLine
    return text.unicodeScalars.allSatisfy({ $0.isASCII }) && !text.contains("=?") && text.utf8.count <= 200
      ? text : encodedWords(text)
  }

  static func encodedWords(_ text: String) -> String {
    // "=?utf-8?B?" and "?=" leave room for 45 bytes; a character is never cut.
    var words: [[UInt8]] = [[]]
    for character in text.singleLine {
      let bytes = Array(String(character).utf8)
      if words[words.count - 1].count + bytes.count > 45, !words[words.count - 1].isEmpty { words.append([]) }
      words[words.count - 1] += bytes.prefix(45)
    }
    return words.map { "=?utf-8?B?\(Base64.encode($0))?=" }.joined(separator: "\r\n ")
  }

  /// A body in quoted-printable (RFC 2045, section 6.7): lines of at most 76 characters, ended by CRLF.
  static func quotedPrintable(_ text: String) -> [UInt8] {
    var encoded: [UInt8] = []
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      append(Array(line.utf8), to: &encoded)
      encoded += Array("\r\n".utf8)
    }
    return encoded
  }

  private static func append(_ line: [UInt8], to encoded: inout [UInt8]) {
    var width = 0
    for (index, byte) in line.enumerated() {
      let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
      let isPlain = (byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "=")) || (isBlank && index < line.count - 1)
      let piece = isPlain ? [byte] : [UInt8(ascii: "="), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
      if width + piece.count > 75 {
        encoded += Array("=\r\n".utf8)
        width = 0
      }
      encoded += piece
      width += piece.count
    }
  }
}

extension String {
  /// Without anything that ends a line or is no text.
  fileprivate var singleLine: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
  }
}
