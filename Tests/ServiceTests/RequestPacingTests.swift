import TestSupport
import Testing

@testable import Service

@Suite struct RequestPacingTests {
  @Test("However many ask, one is let through a minute, and the last is not forgotten")
  func pacing() {
    var pacing = RequestPacing<ContinuousClock.Instant>(interval: .seconds(60))
    let start = ContinuousClock.now
    #expect(pacing.ask(at: start) == .zero)
    #expect(pacing.ask(at: start + .seconds(10)) == .seconds(50))
    for second in 11..<60 { #expect(pacing.ask(at: start + .seconds(second)) == nil) }
    pacing.made()
    #expect(pacing.ask(at: start + .seconds(61)) == .seconds(59))
    pacing.made()
    #expect(pacing.ask(at: start + .seconds(400)) == .zero)
  }
}
