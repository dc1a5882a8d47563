import JSON
import Testing

@Suite struct ParsingTests {
  private func parse(_ text: String, _ limits: JSONLimits = .standard) throws -> JSON {
    try JSON(parsing: Array(text.utf8), limits: limits)
  }

  @Test("reads every kind of value, also at the top")
  func kinds() throws {
    let json = try parse(#"{"t": "x", "i": -7, "r": 1.5, "y": true, "n": false, "o": {}, "a": [1, 2], "z": null}"#)
    #expect(json["t"]?.string == "x" && json["i"]?.integer == -7 && json["r"]?.double == 1.5)
    #expect(json["y"]?.boolean == true && json["n"]?.boolean == false && json["z"]?.isNull == true)
    #expect(json["o"]?.count == 0 && json["a"]?.count == 2 && json["a"]?[1]?.integer == 2)
    #expect(json["a"]?[2] == nil && json["a"]?[-1] == nil && json["none"] == nil && json["t"]?["x"] == nil)
    #expect(try parse("42").integer == 42)
    #expect(try parse(#" "a" "#).string == "a")
  }

  @Test("keeps 64-bit integers exact", arguments: [Int64.max, Int64.min, 9_007_199_254_740_993, 0])
  func integers(_ number: Int64) throws {
    #expect(try parse("[\(number)]")[0]?.integer == number)
    #expect(JSONValue.integer(number).text == "\(number)")
  }

  @Test(
    "reads half a surrogate pair as U+FFFD, and leaves whole ones and escaped backslashes alone",
    arguments: [
      (#"{"a":"\ud83d"}"#, "\u{FFFD}"), (#"{"a":"x\uD83Dy"}"#, "x\u{FFFD}y"), (#"{"a":"\ude00"}"#, "\u{FFFD}"),
      (#"{"a":"\ud83d\ud83d\ude00"}"#, "\u{FFFD}\u{1F600}"), (#"{"a":"\ud83d\u0041"}"#, "\u{FFFD}A"),
      (#"{"a":"\\ud83d \ud83d"}"#, "\\ud83d \u{FFFD}"), (#"{"a":"\ud83d\n"}"#, "\u{FFFD}\n"),
    ])
  func loneSurrogates(_ text: String, _ value: String) throws {
    #expect(try JSON(parsing: Array(text.utf8))["a"]?.string == value)
    #expect(try JSON(parsingAnyNumbers: Array(text.utf8))["a"]?.string == value)
  }

  @Test("leaves other faults of a text with half a surrogate pair as they are")
  func otherFaults() {
    #expect(throws: JSONError.self) { try JSON(parsing: Array(#"{"a":"\ud83d""#.utf8)) }
    #expect(throws: JSONError.self) { try JSON(parsing: Array(#"{"a":"\ud8"}"#.utf8)) }
  }

  @Test("keeps text exact: escapes, NUL, surrogate pairs, every script")
  func text() throws {
    #expect(try parse(#""a\u0000b\n\ud83d\ude00é""#).string == "a\0b\n😀é")
    let original = "مرحبا \0 \u{1F468}\u{200D}\u{1F469} \"\\/ \t"
    #expect(try JSON(parsing: JSONValue.string(original).serialized()).string == original)
  }

  @Test(
    "refuses what is no document, and says why without repeating it",
    arguments: [
      ("", JSONError.Kind.premature), ("   ", .premature), ("{\"a\": ", .premature), ("[1, 2", .premature),
      (#"{"secret": 1, "secret": 2}"#, .duplicateKey), ("99999999999999999999", .integerOutOfRange),
      ("[1e999]", .integerOutOfRange), ("{secret}", .syntax), ("[1] [2]", .syntax), ("[01]", .syntax), ("nul", .syntax),
      ("[1,]", .syntax), ("{'a': 1}", .syntax),
    ])
  func refusals(text: String, kind: JSONError.Kind) {
    #expect { try parse(text) } throws: { error in
      let error = error as? JSONError
      #expect(error?.kind == kind, "\(String(describing: error))")
      return error?.description.contains("secret") == false
    }
  }

  @Test(
    "refuses bytes that are not UTF-8",
    arguments: [[0x22, 0xff, 0x22], [0x22, 0xc3, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22]])
  func invalidUTF8(bytes: [UInt8]) {
    #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
  }

  @Test("bounds the depth before it builds anything; brackets within texts do not count")
  func depth() throws {
    let limits = JSONLimits(maxDepth: 3)
    #expect(try parse("[[[1]]]", limits).count == 1)
    #expect(try parse(#"["[[[[", "\"[[["]"#, limits).count == 2)
    #expect { try parse("[[[[1]]]]", limits) } throws: { ($0 as? JSONError)?.kind == .tooDeep }
    #expect { try parse(String(repeating: "[", count: 1_000_000)) } throws: { ($0 as? JSONError)?.kind == .tooDeep }
  }

  @Test("bounds the size")
  func size() {
    #expect { try parse("[1, 2, 3]", JSONLimits(maxBytes: 5)) } throws: { ($0 as? JSONError)?.kind == .tooLarge }
  }

  @Test("a view outlives the variable that held the document")
  func lifetime() throws {
    func inner() throws -> JSON? { try parse(#"{"a": {"b": ["deep"]}}"#)["a"]?["b"]?[0] }
    #expect(try inner()?.string == "deep")
  }

  @Test("members come with their keys, elements in order")
  func iteration() throws {
    let json = try parse(#"{"b": 1, "a": 2, "": 3}"#)
    #expect(
      Dictionary(uniqueKeysWithValues: json.members.map { ($0.key, $0.value.integer) }) == ["b": 1, "a": 2, "": 3])
    #expect(try parse("[3, 1, 2]").elements.compactMap(\.integer) == [3, 1, 2])
    #expect(json[""]?.integer == 3)
  }
}
