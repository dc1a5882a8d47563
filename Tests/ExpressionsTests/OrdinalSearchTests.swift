import Testing

@testable import Expressions

@Suite struct OrdinalSearchTests {
  @Test("Every place is found that a plain search finds", arguments: 0..<20)
  func places(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<500 {
      let text = (0..<Int.random(in: 0..<40, using: &random)).map { _ in Int.random(in: 0..<2, using: &random) }
      let part = (0..<Int.random(in: 0..<6, using: &random)).map { _ in Int.random(in: 0..<2, using: &random) }
      let start = Int.random(in: 0..<5, using: &random)
      var found: [Int] = []
      OrdinalSearch(for: part).forEachPlace(in: text, from: start) {
        found.append($0)
        return true
      }
      #expect(found == plain(part, text, start))
    }
  }

  private func plain(_ part: [Int], _ text: [Int], _ start: Int) -> [Int] {
    var found: [Int] = []
    var index = start
    while !part.isEmpty, index + part.count <= text.count {
      if text[index...].starts(with: part) {
        found.append(index)
        index += part.count
      } else {
        index += 1
      }
    }
    return found
  }
}
