import Testing
@testable import SynchronizationJob

@Suite("Pauses between reads of the assignments")
struct ReadPacingTests {
  private let start = ContinuousClock.now

  private func at(_ seconds: Int) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

  @Test("The first waits for nothing; after one of four seconds the next waits eight")
  func pause() {
    var pacing = ReadPacing<ContinuousClock.Instant>()
    #expect(pacing.wait(from: at(0)) == .zero)
    pacing.began(at: at(0))
    #expect(pacing.wait(from: at(1)) == .zero)
    pacing.ended(at: at(4), after: .seconds(4))
    #expect(pacing.wait(from: at(5)) == .seconds(7))
    #expect(pacing.wait(from: at(20)) == .zero)
  }

  @Test("One that is asked for while another goes on waits as if that one took as long as the last")
  func meanwhile() {
    var pacing = ReadPacing<ContinuousClock.Instant>()
    pacing.ended(at: at(4), after: .seconds(4))
    pacing.began(at: at(12))
    #expect(pacing.wait(from: at(13)) == .seconds(11))
    pacing.ended(at: at(13), after: .seconds(1))
    #expect(pacing.wait(from: at(13)) == .seconds(2))
  }
}
