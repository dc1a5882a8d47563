/// Finds a text in others, unit by unit, in time that grows with their lengths alone, whatever stands in them (Knuth, Morris, Pratt).
struct OrdinalSearch<Unit: Equatable> {
  private let part: [Unit]
  /// Of each of its beginnings, how long the longest shorter one is that it ends with.
  private let borders: [Int]

  init(for part: [Unit]) {
    self.part = part
    var borders = Array(repeating: 0, count: part.count)
    var matched = 0
    for index in part.indices.dropFirst() {
      while matched > 0, part[index] != part[matched] { matched = borders[matched - 1] }
      if part[index] == part[matched] { matched += 1 }
      borders[index] = matched
    }
    self.borders = borders
  }

  /// Calls with the start of each place, from left to right and without overlaps, until the answer is false. An empty text is nowhere.
  func forEachPlace(in text: [Unit], from start: Int = 0, _ body: (Int) -> Bool) {
    guard !part.isEmpty, start < text.count else { return }
    var matched = 0
    for index in start..<text.count {
      while matched > 0, text[index] != part[matched] { matched = borders[matched - 1] }
      if text[index] == part[matched] { matched += 1 }
      guard matched == part.count else { continue }
      guard body(index + 1 - part.count) else { return }
      matched = 0
    }
  }
}
