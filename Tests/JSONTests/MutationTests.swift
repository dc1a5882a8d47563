import JSON
import TestSupport
import Testing

/// Cut and changed documents.
@Suite struct MutationTests {
  @Test("either parses to something that writes and parses to the same, or throws", arguments: 0..<8)
  func mutations(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var parsed = 0
    let cases = 1500
    for _ in 0..<cases {
      guard let json = try? JSON(parsing: Corpus.mutated(&random)) else { continue }
      parsed += 1
      let value = json.value
      let again = try JSON(parsing: value.serialized(pretty: parsed.isMultiple(of: 2)))
      #expect(again.value == value)
      #expect(again.value.serialized() == value.serialized())
    }
    #expect(parsed > cases / 10 && parsed < cases * 9 / 10, "both ways must be taken: \(parsed) of \(cases)")
  }

  @Test("the documents themselves survive the way there and back", arguments: Corpus.all)
  func identity(document: [UInt8]) throws {
    let value = try JSON(parsing: document).value
    #expect(try JSON(parsing: value.serialized()).value == value)
  }

  @Test("no part of a document from its start is a document", arguments: Corpus.all)
  func truncation(document: [UInt8]) {
    for length in 0..<document.count {
      #expect(throws: JSONError.self) { try JSON(parsing: Array(document[..<length])) }
    }
  }
}
