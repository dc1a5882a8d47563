import JSON
import Testing

/// Views, and the document that they share.
@Suite struct SharingTests {
  @Test("documents are made on several threads at once")
  func making() async {
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<500).count { _ in (try? JSON(parsing: Corpus.all[3]))?["data"]?.count == 1 }
        }
      }
      for await parsed in group { #expect(parsed == 500) }
    }
  }

  @Test("one document is read on several threads at once")
  func reading() async throws {
    let json = try JSON(parsing: Corpus.all[1])
    let expected = json.value
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask { (0..<200).count { _ in json.value == expected && json["value"]?[0]?["id"]?.string == "a" } }
      }
      for await same in group { #expect(same == 200) }
    }
  }

  @Test("bytes are borrowed for the parse only")
  func borrowing() throws {
    var bytes = Array("#[1, {\"key\": \"text\"}]#".utf8)
    let json = try bytes.withUnsafeBytes { buffer in
      try JSON(parsing: UnsafeRawBufferPointer(rebasing: buffer.dropFirst().dropLast()))
    }
    bytes = bytes.map { _ in 0x58 }
    #expect(json[1]?["key"]?.string == "text")
  }

  @Test("an empty buffer ends too early")
  func emptyBuffer() {
    #expect { try JSON(parsing: UnsafeRawBufferPointer(start: nil, count: 0)) } throws: {
      ($0 as? JSONError)?.kind == .premature
    }
  }

  @Test("sequences outlive the document's variable, and may be walked twice")
  func sequences() throws {
    func members() throws -> some Sequence<(key: String, value: JSON)> {
      try JSON(parsing: Array(#"{"b": [1], "a": "x"}"#.utf8)).members
    }
    func elements() throws -> some Sequence<JSON> { try JSON(parsing: Array("[1, 2]".utf8)).elements }
    #expect(try members().map(\.key) == ["b", "a"])
    let numbers = try elements()
    #expect(numbers.compactMap(\.integer) == [1, 2] && numbers.compactMap(\.integer) == [1, 2])
  }

  @Test("only an object has members, only an array elements")
  func wrongKinds() throws {
    let json = try JSON(parsing: Array(#"{"o": {"a": 1}, "l": [1], "s": "text"}"#.utf8))
    let name: StaticString = "o"
    let object = try #require(json[name])
    #expect(object["a"]?.integer == 1 && object[0] == nil && Array(object.elements).isEmpty)
    #expect(json["l"]?["a"] == nil && json["l"]?.members.map(\.key) == [])
    #expect(json["s"]?.count == 0 && json["s"]?[0] == nil && json["s"]?.integer == nil && json["s"]?.isNull == false)
    #expect(object["a"]?.string == nil && object["a"]?.boolean == nil && object["a"]?.double == 1)
  }
}
