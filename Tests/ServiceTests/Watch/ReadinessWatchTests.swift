import Testing

@testable import Service

@Suite("When the log tells whether the service is ready")
struct ReadinessWatchTests {
  private func checks(_ failing: String...) -> [ReadinessCheck] {
    ["state", "clientState", "queue"].map { ReadinessCheck(name: $0, isFine: !failing.contains($0), detail: $0) }
  }

  @Test("Given a condition that lasts, it is told once, and once that it is gone")
  func once() {
    let start = ContinuousClock.now
    var watch = ReadinessWatch<ContinuousClock.Instant>()
    #expect(watch.look(checks(), now: start) == nil, "a service that is ready says nothing")
    #expect(
      watch.look(checks("clientState"), now: start)
        == .notReady([ReadinessCheck(name: "clientState", isFine: false, detail: "clientState")]))
    #expect(watch.look(checks("clientState"), now: start + .seconds(3600)) == nil)
    #expect(watch.look(checks(), now: start + .seconds(3601)) == .ready)
  }

  @Test("Given a condition that comes and goes with each probe, the log has a line a minute")
  func flapping() {
    let start = ContinuousClock.now
    var watch = ReadinessWatch<ContinuousClock.Instant>()
    let lines = (0..<600).count { second in
      watch.look(second.isMultiple(of: 2) ? checks("queue") : checks(), now: start + .seconds(second)) != nil
    }
    #expect(lines <= 10)
  }
}
