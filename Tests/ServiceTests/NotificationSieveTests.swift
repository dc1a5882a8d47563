import MicrosoftGraph
import Testing

@testable import Service

@Suite("Bodies of notifications are bounded before they are parsed")
struct NotificationSieveTests {
  private let sieve = NotificationSieve()

  private func sift(_ text: String, in budget: MemoryBudget = .init(maxBodyBytes: 4 << 20)) async throws
    -> NotificationSieve.Outcome
  {
    let body = try #require(ReceivedBody(Array(text.utf8), in: budget))
    return await sieve.sift(body, clientStates: ["s"], tenantID: nil)
  }

  @Test("A body of empty objects is refused for their number, small or large")
  func tooMany() async throws {
    for count in [10_001, 1_300_000] {
      let text = #"{"value":["# + Array(repeating: "{}", count: count).joined(separator: ",") + "]}"
      guard case .oversized = try await sift(text) else {
        Issue.record("\(count) items are taken")
        continue
      }
    }
  }

  @Test("A body whose tree has no room now is to be sent again, and one that never will have is refused")
  func noRoom() async throws {
    let budget = MemoryBudget(bytes: 4 << 20)
    let text = #"{"value":["# + Array(repeating: "{}", count: 9000).joined(separator: ",") + "]}"
    guard case .batch(let batch) = try await sift(text, in: budget) else {
      Issue.record("no batch")
      return
    }
    #expect(batch.dropped == 9000 && budget.bytesLeft == budget.bytes, "all of it is given back")
    let other = MemoryBudget.Share(of: budget)
    #expect(other.take(3 << 20, leaving: 0))
    guard case .noRoom = try await sift(text, in: budget) else {
      Issue.record("it is parsed beyond the budget")
      return
    }
    withExtendedLifetime(other) {}
    guard case .oversized = try await sift(text, in: MemoryBudget(bytes: 1 << 20)) else {
      Issue.record("it is parsed beyond the budget")
      return
    }
  }
}
