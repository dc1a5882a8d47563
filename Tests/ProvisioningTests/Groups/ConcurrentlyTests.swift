import Synchronization
import TestSupport
import Testing
@testable import ProvisioningModel
@testable import Reconciler

@Suite("Many requests of one run")
struct ConcurrentlyTests {
  private func tried(_ failures: [Int: Failure], of count: Int) async -> (Set<Int>, Failure?) {
    let tried = Mutex<Set<Int>>([])
    var failure: Failure?
    do throws(Failure) {
      try await concurrently(Array(0..<count)) { item throws(Failure) in
        tried.withLock { _ = $0.insert(item) }
        if let failure = failures[item] { throw failure }
      }
    } catch {
      failure = error
    }
    return (tried.withLock { $0 }, failure)
  }

  @Test("All are made; none is no trouble")
  func all() async {
    #expect(await tried([:], of: 100) == (Set(0..<100), nil))
    #expect(await tried([:], of: 0) == ([], nil))
  }

  @Test("One that is refused is reported and does not keep the others from being made")
  func refused() async {
    #expect(await tried([3: .badRequest], of: 100) == (Set(0..<100), .badRequest))
  }

  @Test("When the other side is down, the rest is not tried")
  func down() async {
    let (tried, failure) = await tried([3: .unavailable], of: 1000)
    #expect(failure == .unavailable && tried.count < 100)
  }

  @Test("No more go out at once than allowed")
  func width() async throws {
    let running = Mutex((now: 0, most: 0))
    try await concurrently(Array(0..<200), atOnce: 4) { _ throws(Failure) in
      running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      await Task.yield()
      running.withLock { $0.now -= 1 }
    }
    #expect(running.withLock { $0.most } <= 4)
  }
}
