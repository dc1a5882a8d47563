import Synchronization
import Testing

@testable import Service

@Suite("Memory for bodies and what they are parsed into")
struct MemoryBudgetTests {
  @Test("A share has its part until it ends, and its owner hears of that")
  func shares() {
    let freed = Mutex(0)
    let budget = MemoryBudget(bytes: 1000) { bytes in freed.withLock { $0 += bytes } }
    do {
      let share = MemoryBudget.Share(of: budget)
      #expect(share.take(600, leaving: 0) && !share.take(600, leaving: 0) && share.take(100, leaving: 300))
      #expect(!MemoryBudget.Share(of: budget).take(1, leaving: 300) && budget.bytesLeft == 300)
    }
    #expect(budget.bytesLeft == 1000 && freed.withLock { $0 } == 700)
  }

  @Test("A tree has room beside its body, now, later or never")
  func room() throws {
    let budget = MemoryBudget(bytes: 16 << 20)
    let body = try #require(ReceivedBody(Array(repeating: 0, count: 1 << 20), in: budget))
    guard case .tooMuch = body.room(for: 15 << 20) else {
      Issue.record("a tree that never fits is waited for")
      return
    }
    guard case .taken(let first) = body.room(for: 8 << 20), case .none = body.room(for: 8 << 20) else {
      Issue.record("two large trees at once")
      return
    }
    // What large ones leave is for small ones.
    let small = MemoryBudget.Share(of: budget)
    #expect(small.take(budget.forSmallBodies, leaving: 0))
    withExtendedLifetime((first, body)) {}
  }
}
