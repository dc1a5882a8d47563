import TestSupport
import Testing

@testable import HTTPTransport

@Suite struct RetryBudgetTests {
  private let start = ManualClock().now

  private func at(_ seconds: Int) -> ManualClock.Instant { start.advanced(by: .seconds(seconds)) }

  private func retries(_ budget: inout RetryBudget<ManualClock.Instant>, at seconds: Int) -> Int {
    (0..<1000).count { _ in budget.takeRetry(now: at(seconds)) }
  }

  @Test("where little is sent, some retries are there all the same")
  func minimum() {
    var budget = RetryBudget(now: start)
    budget.noteRequest(now: at(1))
    #expect(retries(&budget, at: 1) == 10)
    #expect(retries(&budget, at: 55) == 0)
  }

  @Test("a tenth of the requests of the last minute")
  func share() {
    var budget = RetryBudget(now: start)
    for second in 0..<60 {
      for _ in 0..<50 { budget.noteRequest(now: at(second)) }
    }
    #expect(retries(&budget, at: 59) == 300)
    #expect(retries(&budget, at: 59) == 0)
  }

  @Test("what is over a minute old counts no more, neither way")
  func window() {
    var budget = RetryBudget(now: start)
    for _ in 0..<1000 { budget.noteRequest(now: at(0)) }
    #expect(retries(&budget, at: 5) == 100)
    #expect(retries(&budget, at: 65) == 10)
    #expect(retries(&budget, at: 100_000) == 10)
  }
}
