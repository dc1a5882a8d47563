import JSON
import TestSupport
import Testing

@Suite struct RealTests {
  private func isKept(_ real: Double) throws -> Bool {
    let alone = try JSON(parsing: JSONValue.real(real).serialized())
    let beside = try JSON(parsing: JSONValue.array([.real(real), 0.1]).serialized())
    return alone.double?.bitPattern == real.bitPattern && beside[0]?.double?.bitPattern == real.bitPattern
  }

  @Test("every power of two and its neighbours are read back to the bit")
  func powersOfTwo() throws {
    for exponent in -1074...1023 {
      let power = Double(sign: .plus, exponent: exponent, significand: 1)
      for real in [power, -power, power.nextUp, power.nextDown] {
        #expect(try isKept(real), "\(real)")
      }
    }
  }

  @Test("any finite double is read back to the bit", arguments: 0..<4)
  func anyDouble(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<5000 {
      let real = Double(bitPattern: random.next())
      guard real.isFinite else { continue }
      #expect(try isKept(real), "\(real)")
    }
  }

  @Test(
    "is written as short as it is told",
    arguments: [
      (0.1, "0.1"), (0.123456789012345, "0.123456789012345"), (1e-7, "1e-7"), (1e22, "1e22"), (100, "100.0"),
      (-0.0, "-0.0"),
      (0.000_123_4, "0.0001234"), (0.1 + 0.2, "0.30000000000000004"),
    ])
  func short(real: Double, text: String) {
    #expect(JSONValue.real(real).text == text)
  }
}
