/// A seeded generator (SplitMix64): the same tenant every time.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A GUID of version 4, in lower case.
  package mutating func guid() -> String {
    var digits = String(next(), radix: 16) + "0000000000000000"
    digits = String(digits.prefix(16))
    let tail = String((String(next(), radix: 16) + "0000000000000000").prefix(16))
    let text = Array(digits + tail)
    return String(text[0..<8]) + "-" + String(text[8..<12]) + "-4" + String(text[13..<16]) + "-a"
      + String(text[17..<20])
      + "-" + String(text[20..<32])
  }
}
