import Expressions
import Testing

@Suite struct NumberTests {
  @Test(arguments: ["7", "-10", "42568.75", "007", " 12 ", "0.0", "123456789012345678901234567890"])
  func `A number keeps its digits`(text: String) throws {
    #expect(try #require(Number(text)).text == text.filter { $0 != " " })
  }

  @Test(arguments: ["", "-", "+1", "1e5", "1.", ".5", "1.2.3", "--1", "1 2", "٣", "&H1", "0x1", "1,5", "NaN"])
  func `What is no plain decimal number is refused`(text: String) {
    #expect(Number(text) == nil)
  }

  @Test func `Whole numbers of 64 bits are known as such`() {
    #expect(Number("9223372036854775807")?.integer == .max)
    #expect(Number("-9223372036854775808")?.integer == .min)
    #expect(Number("9223372036854775808")?.integer == nil)
    #expect(Number("12.00")?.integer == 12)
    #expect(Number("12.5")?.integer == nil)
    #expect(Number("-0")?.integer == 0)
  }

  @Test func `Order and equality go by value`() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let (left, right) = (
        Int64.random(in: -5000...5000, using: &generator), Int64.random(in: -5000...5000, using: &generator)
      )
      let (a, b) = (try #require(decimal(left)), try #require(decimal(right)))
      #expect((a < b) == (left < right), "\(a.text) \(b.text)")
      #expect((a == b) == (left == right), "\(a.text) \(b.text)")
      if a == b { #expect(a.hashValue == b.hashValue) }
    }
  }

  /// Hundredths, written with or without needless zeros.
  private func decimal(_ hundredths: Int64) -> Number? {
    let whole = abs(hundredths) / 100
    let rest = abs(hundredths) % 100
    let text =
      "\(hundredths < 0 ? "-" : "")\(hundredths % 3 == 0 ? "00" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)\(hundredths % 2 == 0 ? "0" : "")"
    return Number(text)
  }
}
