import ProvisioningModel
import TestSupport
import Testing

@Suite("Timestamps")
struct TimestampTests {
  @Test(
    "Given RFC 3339, the moment is read",
    arguments: [
      ("1970-01-01T00:00:00Z", 0),
      ("1970-01-01T00:00:00.001Z", 1),
      ("1969-12-31T23:59:59.999Z", -1),
      ("2000-02-29T12:00:00Z", 951_825_600_000),
      ("2026-01-02T03:04:05Z", 1_767_323_045_000),
      ("2026-01-02T03:04:05.6Z", 1_767_323_045_600),
      ("2026-01-02T03:04:05.6789012Z", 1_767_323_045_678),
      ("2026-01-02t03:04:05z", 1_767_323_045_000),
      ("2026-01-02 03:04:05Z", 1_767_323_045_000),
      ("2026-01-02T04:04:05+01:00", 1_767_323_045_000),
      ("2026-01-01T21:34:05-05:30", 1_767_323_045_000),
      ("0001-01-01T00:00:00Z", -62_135_596_800_000),
      ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ] as [(String, Int64)])
  func reading(_ text: String, _ milliseconds: Int64) {
    #expect(Timestamp(text)?.milliseconds == milliseconds)
  }

  @Test(
    "Given anything else, nothing is read",
    arguments: [
      "", "Z", "2026", "2026-01-02", "2026-01-02T03:04Z", "2026-01-02T03:04:05", "2026-1-2T3:4:5Z",
      "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
      "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T03:60:05Z",
      "2026-01-02T03:04:61Z", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05.x1Z", "2026-01-02T03:04:05ZZ",
      "2026-01-02T03:04:05+0100", "2026-01-02T03:04:05+1:00", "2026-01-02T03:04:05+01:00Z",
      "2026-01-02T03:04:05+99:99", " 2026-01-02T03:04:05Z", "-026-01-02T03:04:05Z", "２０２６-01-02T03:04:05Z",
      "2026/01/02T03:04:05Z", "yesterday",
    ])
  func garbage(_ text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test("Given any moment, its text is read back as the same moment")
  func roundTrip() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      let moment = Timestamp(milliseconds: .random(in: -62_135_596_800_000...253_402_300_799_999, using: &generator))
      #expect(Timestamp(moment.description) == moment)
    }
  }

  @Test(
    "Given a moment, its text has milliseconds and Z",
    arguments: [
      (Int64(0), "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (1_767_323_045_678, "2026-01-02T03:04:05.678Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
    ])
  func writing(_ milliseconds: Int64, _ text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
  }

  @Test("Given two moments, their distance is a duration that leads from one to the other")
  func arithmetic() {
    let start = Timestamp(milliseconds: 1000)
    #expect(start + .milliseconds(1500) == Timestamp(milliseconds: 2500))
    #expect(start + .seconds(-2) == Timestamp(milliseconds: -1000))
    #expect(Timestamp(milliseconds: 2500) - start == .milliseconds(1500))
    #expect(start < Timestamp(milliseconds: 1001))
    #expect(Duration.microseconds(1999).milliseconds == 1)
  }

  @Test("Given object ids in any letter case, they are one object")
  func objectIDs() {
    #expect(ObjectID("ABC-1") == ObjectID("abc-1"))
    #expect(ObjectID("ABC-1").description == "abc-1")
  }

  @Test(
    "Given a time that outlives the process, it has passed after its while, and when it is of the future",
    arguments: [(-10, true), (-9, false), (0, false), (1, true), (34_560_000, true)])
  func passed(seconds: Int, expected: Bool) {
    let now = Timestamp(milliseconds: 1_767_322_800_000)
    #expect((now + .seconds(seconds)).hasPassed(.seconds(10), at: now) == expected)
  }
}
