import ProvisioningModel
import SynchronizationJob
import TestSupport
import Testing

private let one = WorkKey.user(.sample(1))
private let two = WorkKey.user(.sample(2))
private let mistake = Failure(.quarantine, .unauthorized, "refused", advice: "")

@Suite("What a running cycle waits for")
struct CycleTrackerTests {
  @Test("Given no cycle, no key belongs to one and there is no progress")
  func idle() {
    let tracker = CycleTracker()
    tracker.settle(one, failed: false)
    tracker.stop(mistake)
    #expect(tracker.cycleID(of: one) == nil)
    #expect(tracker.progress == nil)
  }

  @Test("Given a cycle, its keys belong to it until they are settled")
  func membership() {
    let tracker = CycleTracker()
    tracker.begin(cycleID: "c1", total: 2)
    tracker.add(one)
    #expect(tracker.cycleID(of: one) == "c1")
    #expect(tracker.cycleID(of: two) == nil)
    tracker.settle(one, failed: false)
    #expect(tracker.cycleID(of: one) == nil)
  }

  @Test("Given settled keys, progress counts each once, and those that failed")
  func progress() throws {
    let tracker = CycleTracker()
    tracker.begin(cycleID: "c1", total: 3)
    tracker.add(one)
    tracker.add(two)
    tracker.settle(one, failed: false)
    tracker.settle(one, failed: true)
    tracker.settle(two, failed: true)
    let progress = try #require(tracker.progress)
    #expect(progress == (2, 3, 1))
    tracker.end()
    #expect(tracker.progress == nil)
  }

  @Test("Given keys to be looked at once more, those that failed are not: an escrow has a time of its own")
  func revisits() {
    let tracker = CycleTracker()
    tracker.begin(cycleID: "c1", total: 2, revisiting: [one, two])
    tracker.add(one)
    tracker.add(two)
    tracker.settle(one, failed: false)
    tracker.settle(two, failed: true)
    #expect(tracker.revisits == [one])
  }

  @Test("Given as few keys as it waits for, waiting ends at once")
  func noWait() async throws {
    let tracker = CycleTracker()
    tracker.begin(cycleID: "c1", total: 1)
    try await tracker.wait(untilAtMost: 0)
    tracker.add(one)
    try await tracker.wait(untilAtMost: 1)
  }

  @Test("Given more keys than it waits for, waiting ends when enough are settled")
  func waits() async throws {
    let tracker = CycleTracker()
    tracker.begin(cycleID: "c1", total: 2)
    tracker.add(one)
    tracker.add(two)
    async let settled: Void = {
      await Task.yield()
      tracker.settle(one, failed: false)
      tracker.settle(two, failed: false)
    }()
    try await tracker.wait(untilAtMost: 0)
    await settled
    #expect(tracker.progress?.completed == 2)
  }

  @Test("Given a cycle that cannot go on, waiting fails with the first reason, now and later")
  func stopped() async {
    let tracker = CycleTracker()
    tracker.begin(cycleID: "c1", total: 1)
    tracker.add(one)
    tracker.stop(mistake)
    tracker.stop(.cancelled)
    for _ in 1...2 {
      await #expect(throws: mistake) { try await tracker.wait(untilAtMost: 0) }
    }
  }

  @Test("Given a new cycle, the reason of the last one is forgotten")
  func begunAnew() async throws {
    let tracker = CycleTracker()
    tracker.begin(cycleID: "c1", total: 1)
    tracker.add(one)
    tracker.stop(mistake)
    tracker.end()
    tracker.begin(cycleID: "c2", total: 0)
    try await tracker.wait(untilAtMost: 0)
  }

  @Test("Given a cancelled task, waiting fails as cancelled")
  func cancelled() async {
    let tracker = CycleTracker()
    tracker.begin(cycleID: "c1", total: 1)
    tracker.add(one)
    let waiting = Task { () async -> Failure? in
      do throws(Failure) {
        try await tracker.wait(untilAtMost: 0)
        return nil
      } catch {
        return error
      }
    }
    waiting.cancel()
    #expect(await waiting.value == .cancelled)
  }
}
