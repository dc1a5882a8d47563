import TestSupport
import Testing

@testable import Service

@Suite struct SecretRotationTests {
  private let clock = ManualClock()

  @Test("after a change the former value is accepted beside the new one, for as long as Graph may still send it")
  func overlap() {
    var rotation = SecretRotation<ManualClock.Instant>()
    #expect(rotation.accepted("one", now: clock.now) == ["one"])
    #expect(rotation.accepted("two", now: clock.now) == ["two", "one"])
    clock.advance(by: .seconds(4 * 3600 - 1))
    #expect(rotation.accepted("two", now: clock.now) == ["two", "one"])
    clock.advance(by: .seconds(1))
    #expect(rotation.accepted("two", now: clock.now) == ["two"])
  }

  @Test("two changes keep the last one before; a change taken back leaves one")
  func changes() {
    var rotation = SecretRotation<ManualClock.Instant>()
    _ = rotation.accepted("one", now: clock.now)
    _ = rotation.accepted("two", now: clock.now)
    #expect(rotation.accepted("three", now: clock.now) == ["three", "two"])
    #expect(rotation.accepted("two", now: clock.now) == ["two", "three"])
  }
}
