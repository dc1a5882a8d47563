import JSON
import Testing

@Suite struct WritingTests {
  @Test("writes keys in order, on one line or on many")
  func layout() {
    let value: JSONValue = ["b": [1, nil, true], "a": "x", "c": [:]]
    #expect(value.text == #"{"a":"x","b":[1,null,true],"c":{}}"#)
    #expect(String(decoding: value.serialized(pretty: true), as: UTF8.self).split(separator: "\n").count > 3)
  }

  @Test("reals read back exactly", arguments: [0.1, 1.5, 1e300, -2.5e-8, 1.0 / 3, 123_456_789.123_456_78])
  func reals(_ real: Double) throws {
    #expect(try JSON(parsing: JSONValue.real(real).serialized()).double == real)
  }

  @Test("short reals stay short; what is no number is null")
  func shortReals() {
    #expect(JSONValue.array([0.1, 2.5]).text == "[0.1,2.5]")
    #expect(JSONValue.array([.real(.nan), .real(.infinity)]).text == "[null,null]")
  }

  @Test("members can be set, replaced and taken away")
  func editing() {
    var value: JSONValue = [:]
    value["a"] = 1
    value["b"] = ["c": 2]
    value["b"]?["c"] = 3
    value["a"] = nil
    #expect(value == ["b": ["c": 3]])
    #expect(value["b"]?["c"]?.integer == 3 && value["x"] == nil && value[0] == nil)
  }
}
