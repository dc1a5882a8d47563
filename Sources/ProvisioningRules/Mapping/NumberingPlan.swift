/// How telephone numbers are written within a country: enough to make an international number of one that was written for people there.
/// Countries whose numbers need more than this (Argentina's mobiles, say) are left out: their numbers have to be written with + and country
/// code.
package struct NumberingPlan: Hashable, Sendable {
  /// ISO 3166-1 alpha-2.
  package let country: String
  let callingCode: String
  /// Dialled in front of a number within the country, and not a part of it; empty when there is none.
  let trunkPrefix: String
  /// How many digits a number has, without the trunk prefix.
  let lengths: ClosedRange<Int>
  /// Dialled in front of the code of another country; nil when it differs by carrier.
  let exitCode: String?

  /// - Returns: Nil for a country that is not in the table.
  package init?(country: String) {
    guard let plan = Self.all[country] else { return nil }
    self = plan
  }

  package static var countries: [String] { all.keys.sorted() }

  /// The digits of an international number, `+` left out; nil when these can be no number of the country, or only one within a town.
  func international(_ digits: String) -> String? {
    if let exitCode, digits.hasPrefix(exitCode) { return String(digits.dropFirst(exitCode.count)) }
    if !trunkPrefix.isEmpty, digits.hasPrefix(trunkPrefix) {
      let number = digits.dropFirst(trunkPrefix.count)
      if lengths.contains(number.count), number.first != "0" { return callingCode + number }
    }
    // Where all numbers are of one length, one without the trunk prefix is complete, too.
    let isComplete = trunkPrefix.isEmpty || lengths.lowerBound == lengths.upperBound && digits.first != "0"
    return isComplete && lengths.contains(digits.count) ? callingCode + digits : nil
  }

  private init(
    _ country: String, _ callingCode: String, _ trunkPrefix: String, _ lengths: ClosedRange<Int>, _ exitCode: String?
  ) {
    self.country = country
    self.callingCode = callingCode
    self.trunkPrefix = trunkPrefix
    self.lengths = lengths
    self.exitCode = exitCode
  }

  private static let all: [String: NumberingPlan] = Dictionary(uniqueKeysWithValues: table.map { ($0.country, $0) })

  private static let table: [NumberingPlan] =
    ["US", "CA", "DO", "JM", "PR", "TT"].map { NumberingPlan($0, "1", "1", 10...10, "011") } + [
      NumberingPlan("AE", "971", "0", 8...9, "00"), NumberingPlan("AT", "43", "0", 7...13, "00"),
      NumberingPlan("AU", "61", "0", 9...9, "0011"), NumberingPlan("BD", "880", "0", 8...10, "00"),
      NumberingPlan("BE", "32", "0", 8...9, "00"), NumberingPlan("BG", "359", "0", 8...9, "00"),
      NumberingPlan("BH", "973", "", 8...8, "00"), NumberingPlan("BR", "55", "0", 10...11, nil),
      NumberingPlan("CH", "41", "0", 9...9, "00"), NumberingPlan("CL", "56", "", 9...9, nil),
      NumberingPlan("CN", "86", "0", 10...11, "00"), NumberingPlan("CY", "357", "", 8...8, "00"),
      NumberingPlan("CZ", "420", "", 9...9, "00"), NumberingPlan("DE", "49", "0", 7...11, "00"),
      NumberingPlan("DK", "45", "", 8...8, "00"), NumberingPlan("EE", "372", "", 7...8, "00"),
      NumberingPlan("EG", "20", "0", 8...10, "00"), NumberingPlan("ES", "34", "", 9...9, "00"),
      NumberingPlan("FI", "358", "0", 6...11, "00"), NumberingPlan("FR", "33", "0", 9...9, "00"),
      NumberingPlan("GB", "44", "0", 9...10, "00"), NumberingPlan("GR", "30", "", 10...10, "00"),
      NumberingPlan("HK", "852", "", 8...8, nil), NumberingPlan("HR", "385", "0", 8...9, "00"),
      NumberingPlan("HU", "36", "06", 8...9, "00"), NumberingPlan("ID", "62", "0", 8...12, nil),
      NumberingPlan("IE", "353", "0", 7...9, "00"), NumberingPlan("IL", "972", "0", 8...9, nil),
      NumberingPlan("IN", "91", "0", 10...10, "00"), NumberingPlan("IT", "39", "", 6...11, "00"),
      NumberingPlan("JP", "81", "0", 9...10, "010"), NumberingPlan("KE", "254", "0", 9...9, nil),
      NumberingPlan("KR", "82", "0", 8...10, nil), NumberingPlan("KW", "965", "", 8...8, "00"),
      NumberingPlan("LK", "94", "0", 9...9, "00"), NumberingPlan("LU", "352", "", 6...9, "00"),
      NumberingPlan("LV", "371", "", 8...8, "00"), NumberingPlan("MA", "212", "0", 9...9, "00"),
      NumberingPlan("MT", "356", "", 8...8, "00"), NumberingPlan("MX", "52", "", 10...10, "00"),
      NumberingPlan("MY", "60", "0", 8...10, "00"), NumberingPlan("NG", "234", "0", 8...10, nil),
      NumberingPlan("NL", "31", "0", 9...9, "00"), NumberingPlan("NO", "47", "", 8...8, "00"),
      NumberingPlan("NZ", "64", "0", 8...10, "00"), NumberingPlan("OM", "968", "", 8...8, "00"),
      NumberingPlan("PE", "51", "0", 8...9, "00"), NumberingPlan("PH", "63", "0", 8...10, "00"),
      NumberingPlan("PK", "92", "0", 9...10, "00"), NumberingPlan("PL", "48", "", 9...9, "00"),
      NumberingPlan("PT", "351", "", 9...9, "00"), NumberingPlan("QA", "974", "", 8...8, "00"),
      NumberingPlan("RO", "40", "0", 9...9, "00"), NumberingPlan("RS", "381", "0", 8...9, "00"),
      NumberingPlan("RU", "7", "8", 10...10, "810"), NumberingPlan("SA", "966", "0", 9...9, "00"),
      NumberingPlan("SE", "46", "0", 7...9, "00"), NumberingPlan("SG", "65", "", 8...8, nil),
      NumberingPlan("SI", "386", "0", 8...8, "00"), NumberingPlan("SK", "421", "0", 9...9, "00"),
      NumberingPlan("TH", "66", "0", 8...9, nil), NumberingPlan("TN", "216", "", 8...8, "00"),
      NumberingPlan("TR", "90", "0", 10...10, "00"), NumberingPlan("TW", "886", "0", 8...9, nil),
      NumberingPlan("UA", "380", "0", 9...9, "00"), NumberingPlan("VN", "84", "0", 9...10, "00"),
      NumberingPlan("ZA", "27", "0", 9...9, "00"),
    ]
}
