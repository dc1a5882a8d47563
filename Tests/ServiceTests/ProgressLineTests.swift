import Service
import SynchronizationJob
import TestSupport
import Testing

@Suite("The progress of a cycle on a terminal")
struct ProgressLineTests {
  @Test(
    "Given a progress, the line has what is known and nothing else",
    arguments: [
      (0, nil, 0, nil, nil, "[..............................] reading the directory and xMatters"),
      (0, 0, 0, nil, nil, "[##############################] 0/0"),
      (1, 100, 0, nil, nil, "[..............................] 1/100"),
      (50, 100, 2, 9.96, .seconds(7), "[###############...............] 50/100, 2 failed, 10.0/s, 7 s left"),
      (1, 3, 0, 123.9, .milliseconds(90_001), "[##########....................] 1/3, 123/s, 91 s left"),
      (1, 3, 0, 0.5, .seconds(600), "[##########....................] 1/3, 0.5/s, 10 min left"),
      (1, 3, 0, 0.01, .seconds(10_000), "[##########....................] 1/3, 0.0/s, 2 h 46 min left"),
    ] as [(Int, Int?, Int, Double?, Duration?, String)])
  func lines(completed: Int, total: Int?, failed: Int, rate: Double?, remaining: Duration?, text: String) {
    let progress = CycleProgress(
      completed: completed, total: total, failed: failed, rate: rate, remaining: remaining, observed: FixedClock.start)
    #expect(ProgressLine.text(progress) == text)
  }
}
