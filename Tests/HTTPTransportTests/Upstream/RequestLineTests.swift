import TestSupport
import Testing

@testable import HTTPTransport

/// What stands at the top of `RequestLine`, on a time that the test says.
@Suite struct RequestLineTests {
  private typealias Line = RequestLine<ManualClock.Instant>
  private let start = ManualClock().now

  private func at(_ milliseconds: Int) -> ManualClock.Instant { start.advanced(by: .milliseconds(milliseconds)) }

  private func line(_ concurrency: Int, maxWaiting: Int = 1000, maxGateWait: Duration = .seconds(120)) -> Line {
    Line(
      UpstreamLimits(maxConcurrentRequests: concurrency, maxWaiting: maxWaiting, maxGateWait: maxGateWait), now: start)
  }

  private func enter(_ line: inout Line, _ ids: ClosedRange<Int>, _ priority: RequestPriority, at time: Int = 0) {
    for id in ids {
      let isTaken = line.enter(id, priority, now: at(time))
      #expect(isTaken)
    }
  }

  /// A usage whose answer leaves `remaining` of a hundred requests a minute.
  private func usage(remaining: Int) -> UpstreamUsage {
    UpstreamUsage(["RateLimit-Limit": "100", "RateLimit-Remaining": "\(remaining)", "RateLimit-Reset": "60"])
  }

  @Test("as many go as the limit allows, the others one by one as those end, in order")
  func order() {
    var line = line(2)
    enter(&line, 1...4, .background)
    let first = line.settle(now: at(0)).admitted
    #expect(first.map(\.id) == [1, 2])
    #expect(line.settle(now: at(0)).admitted.isEmpty)
    line.end(first[0].turn, .fine, nil)
    #expect(line.settle(now: at(10)).admitted.map(\.id) == [3])
    line.abandon(4)
    line.end(first[1].turn, .fine, nil)
    #expect(line.settle(now: at(20)).admitted.isEmpty)
  }

  @Test("only so many wait")
  func bound() {
    var line = line(1, maxWaiting: 3)
    enter(&line, 1...3, .background)
    let isTaken = line.enter(4, .live, now: at(0))
    #expect(!isTaken)
  }

  @Test("live requests overtake others; of five turns one is the others'")
  func priorities() {
    var line = line(1)
    enter(&line, 1...3, .background)
    enter(&line, 11...18, .live)
    var order: [Int] = []
    while let (id, turn) = line.settle(now: at(0)).admitted.first {
      order.append(id)
      line.end(turn, .fine, nil)
    }
    #expect(order == [11, 12, 13, 14, 1, 15, 16, 17, 18, 2, 3])
  }

  @Test("after a live request a fifth of the limit is kept free of others for some seconds")
  func reserve() {
    var line = line(10)
    enter(&line, 1...1, .live)
    let (_, live) = line.settle(now: at(0)).admitted[0]
    line.end(live, .fine, nil)
    enter(&line, 11...30, .background)
    #expect(line.settle(now: at(1000)).admitted.count == 8)
    enter(&line, 2...4, .live, at: 1500)
    #expect(line.settle(now: at(1500)).admitted.map(\.id) == [2, 3], "without waiting for any other to end")
  }

  @Test("without live requests nothing is kept free")
  func noReserve() {
    var line = line(10)
    enter(&line, 1...20, .background)
    #expect(line.settle(now: at(0)).admitted.count == 10)
  }

  @Test("the reserve lapses, and never takes the last place")
  func reserveLapses() {
    var line = line(10)
    enter(&line, 1...1, .live)
    line.end(line.settle(now: at(0)).admitted[0].turn, .fine, nil)
    enter(&line, 11...30, .background)
    #expect(line.settle(now: at(5000)).admitted.count == 10)
    var narrow = self.line(1)
    enter(&narrow, 1...1, .live)
    narrow.end(narrow.settle(now: at(0)).admitted[0].turn, .fine, nil)
    enter(&narrow, 2...2, .background)
    #expect(narrow.settle(now: at(10)).admitted.map(\.id) == [2])
  }

  @Test("while the gate is closed no caller goes, and the line says when to look again")
  func gate() {
    var line = line(2)
    enter(&line, 1...3, .background)
    line.closeGate(until: at(2500))
    line.closeGate(until: at(1000))
    let calls = line.settle(now: at(0))
    #expect(calls.admitted.isEmpty && calls.refused.isEmpty)
    #expect(calls.wakeAt == at(2500), "a shorter wait does not open it")
    #expect(line.settle(now: at(2499)).admitted.isEmpty)
    #expect(line.settle(now: at(2500)).admitted.map(\.id) == [1, 2])
  }

  @Test("a notification that comes while the gate is closed goes first when it opens")
  func gateAndPriority() {
    var line = line(1)
    enter(&line, 1...3, .background)
    line.closeGate(until: at(1000))
    _ = line.settle(now: at(0))
    enter(&line, 9...9, .live, at: 500)
    _ = line.settle(now: at(500))
    #expect(line.settle(now: at(1000)).admitted.map(\.id) == [9])
  }

  @Test("a caller that would wait too long for the gate is refused with the time")
  func refusals() {
    var line = line(2, maxGateWait: .seconds(60))
    enter(&line, 1...2, .background)
    enter(&line, 3...3, .live)
    line.closeGate(until: at(61_000))
    let calls = line.settle(now: at(0))
    #expect(Set(calls.refused.map(\.id)) == [1, 2, 3])
    #expect(calls.refused.allSatisfy { $0.wait == .seconds(61) })
    #expect(calls.wakeAt == nil)
    enter(&line, 4...4, .background, at: 1000)
    #expect(line.settle(now: at(1000)).refused.isEmpty, "60 seconds are not too long")
  }

  @Test("near a rate limit requests follow one another at the gap that is left")
  func gap() {
    var line = line(5)
    enter(&line, 1...4, .background)
    let turns = line.settle(now: at(0)).admitted
    line.end(turns[0].turn, .fine, usage(remaining: 11))
    enter(&line, 5...7, .background)
    #expect(line.settle(now: at(0)).admitted.map(\.id) == [5], "the gap counts from this one")
    line.end(turns[1].turn, .fine, usage(remaining: 11))
    let calls = line.settle(now: at(100))
    #expect(calls.admitted.isEmpty)
    #expect(calls.wakeAt == at(5000))
    #expect(line.settle(now: at(5000)).admitted.map(\.id) == [6])
    line.end(turns[2].turn, .fine, usage(remaining: 100))
    #expect(line.settle(now: at(10_000)).admitted.map(\.id) == [7])
  }

  @Test("a congested upstream gets fewer at a time")
  func congestion() {
    var line = line(4)
    enter(&line, 1...10, .background)
    let turns = line.settle(now: at(0)).admitted.map(\.turn)
    for turn in turns { line.end(turn, .congested, nil) }
    #expect(line.limit == 2)
    #expect(line.settle(now: at(0)).admitted.count == 2)
  }

  @Test("whatever happens, never more than the limit, none twice, and all in the end", arguments: 0..<50)
  func random(seed: UInt64) {
    var dice = SeededGenerator(seed: seed)
    var line = line(Int.random(in: 1...12, using: &dice))
    var (time, lastID) = (0, 0)
    var (waiting, done): (Set<Int>, Set<Int>) = ([], [])
    var running: [(id: Int, turn: Line.Turn)] = []
    for step in 0..<2000 {
      time += Int.random(in: 0...50, using: &dice)
      switch step < 1000 ? Int.random(in: 0..<10, using: &dice) : 9 {
      case 0..<5:
        lastID += 1
        if line.enter(lastID, Bool.random(using: &dice) ? .live : .background, now: at(time)) { waiting.insert(lastID) }
      case 5:
        if let id = waiting.randomElement(using: &dice) {
          line.abandon(id)
          waiting.remove(id)
        }
      case 6 where step % 50 == 0: line.closeGate(until: at(time + 200))
      default:
        if let index = running.indices.randomElement(using: &dice) {
          let (_, turn) = running.remove(at: index)
          let isCongested = Int.random(in: 0..<10, using: &dice) == 0
          line.end(turn, isCongested ? .congested : .fine, usage(remaining: Int.random(in: 0...100, using: &dice)))
        }
      }
      let limit = line.limit
      let calls = line.settle(now: at(time))
      for (id, turn) in calls.admitted {
        #expect(waiting.remove(id) != nil)
        #expect(done.insert(id).inserted)
        running.append((id, turn))
      }
      #expect(calls.admitted.isEmpty || running.count <= limit)
    }
    while !waiting.isEmpty {
      if let (_, turn) = running.popLast() { line.end(turn, .fine, nil) }
      let calls = line.settle(now: at(time))
      for (id, turn) in calls.admitted {
        waiting.remove(id)
        running.append((id, turn))
      }
      guard calls.admitted.isEmpty, running.isEmpty else { continue }
      guard let wakeAt = calls.wakeAt, wakeAt > at(time) else {
        Issue.record("no caller goes, and nothing is waited for")
        return
      }
      time = Int(start.duration(to: wakeAt) / .milliseconds(1)) + 1
    }
  }
}
