import JSON
import Testing

/// The edges of RFC 8259, and where an error says that it is.
@Suite struct GrammarTests {
  private static let nul: UInt8 = 0

  @Test(
    "accepts",
    arguments: [
      ("-0", "0"), ("-0.0", "-0.0"), ("1E5", "100000.0"), ("5e-324", "4.94065645841247e-324"), ("1e-400", "0.0"),
      (" \t\r\n[ ]\n", "[]"), (#""\/\u00e9\u0065""#, "\"/ée\""), (#"{"":{"":[]}}"#, #"{"":{"":[]}}"#),
      ("\"\u{7f}\"", "\"\u{7f}\""),
    ])
  func accepted(text: String, written: String) throws {
    #expect(try JSON(parsing: Array(text.utf8)).value.text == written)
  }

  @Test(
    "refuses",
    arguments: [
      "+1", ".5", "1.", "1e", "0x1", "-", "--1", "NaN", "Infinity", "True", "'a'", "[,]", "[1,,2]", "{\"a\"}",
      "{\"a\":}", "{1:2}",
      "{\"a\":1,}", "[1}", "]", "// x\n1", "/* x */ 1", "\u{feff}1", "\u{c}1", "\"\t\"", #""\x""#, #""\u12""#,
      #"{"a\u0000b": 1}"#, "{}{}", "1 2", "{} x",
    ])
  func refused(text: String) {
    #expect(throws: JSONError.self) { try JSON(parsing: Array(text.utf8)) }
  }

  @Test(
    "refuses a NUL byte wherever it stands",
    arguments: ["1|", "[1|]", "true|", "{}|", "|{}", "\"a|b\"", "{\"a|\": 1}", "[1,|2]", "{}|x"])
  func nulBytes(text: String) {
    let bytes = text.utf8.map { $0 == UInt8(ascii: "|") ? Self.nul : $0 }
    #expect { try JSON(parsing: bytes) } throws: { error in
      let error = error as? JSONError
      return error?.kind == .syntax && error?.position == bytes.firstIndex(of: Self.nul).map { $0 + 1 }
    }
  }

  @Test(
    "refuses bytes that are not UTF-8, as such",
    arguments: [
      [0xff], [0xc3], [0x80], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
      [0xf8, 0x88, 0x80, 0x80, 0x80],
    ])
  func invalidUTF8(bytes: [UInt8]) {
    for text in [[0x22] + bytes + [0x22], bytes, [0x5b] + bytes + [0x5d]] {
      #expect { try JSON(parsing: text) } throws: { ($0 as? JSONError)?.kind == .invalidUTF8 }
    }
  }

  @Test(
    "integers just beyond 64 bits are refused, never rounded",
    arguments: ["9223372036854775808", "-9223372036854775809"])
  func integers(text: String) {
    #expect { try JSON(parsing: Array(text.utf8)) } throws: { ($0 as? JSONError)?.kind == .integerOutOfRange }
  }

  @Test(
    "says where",
    arguments: [
      ("{}x", 1, 3, 3), ("{\n\n  \"k\": tru }", 3, 10, 13), ("{\n \"a\": 1,\n \"a\": 2}", 3, 4, 15),
      ("{\n\"a\": [[1]]}", 2, 7, 9),
      (#"{"a":1,"\u0061":2}"#, 1, 15, 15),
    ])
  func places(text: String, line: Int, column: Int, position: Int) {
    #expect { try JSON(parsing: Array(text.utf8), limits: JSONLimits(maxDepth: 2)) } throws: { error in
      let error = error as? JSONError
      return error?.line == line && error?.column == column && error?.position == position
    }
  }

  @Test("the limits are what may still be, not what may no longer be")
  func limits() throws {
    #expect(try JSON(parsing: Array("[1]".utf8), limits: JSONLimits(maxBytes: 3, maxDepth: 1)).count == 1)
    #expect(try JSON(parsing: Array("1".utf8), limits: JSONLimits(maxDepth: 0)).integer == 1)
    #expect(throws: JSONError.self) { try JSON(parsing: Array("[]".utf8), limits: JSONLimits(maxDepth: 0)) }
    let deep = Array(String(repeating: "[", count: 3000).utf8)
    #expect { try JSON(parsing: deep, limits: JSONLimits(maxDepth: 100_000)) } throws: {
      ($0 as? JSONError)?.kind == .tooDeep
    }
  }
}
