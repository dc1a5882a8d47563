import ProvisioningModel
import Testing
@testable import Service

@Suite struct SilenceWatchTests {
  private let start = Timestamp(milliseconds: 1_767_322_800_000)

  private func at(_ minutes: Int) -> Timestamp { start + .seconds(minutes * 60) }

  @Test("three cycles that find what was not notified are a silence, told once; a notification ends it")
  func silence() {
    var watch = SilenceWatch(now: start)
    #expect(watch.cycleEnded(changes: 2, read: at(20)) == nil)
    #expect(watch.cycleEnded(changes: 1, read: at(40)) == nil)
    #expect(watch.silentSince == nil)
    #expect(watch.cycleEnded(changes: 4, read: at(60)) == .silent(since: start, changes: 7))
    #expect(watch.isSilent && watch.silentSince == start)
    #expect(watch.cycleEnded(changes: 1, read: at(80)) == nil)
    #expect(watch.heard(at: at(85)) == .heard)
    #expect(watch.heard(at: at(86)) == nil && !watch.isSilent && watch.silentSince == nil)
  }

  @Test("nothing changes, nothing is said: a quiet tenant is no silence")
  func quiet() {
    var watch = SilenceWatch(now: start)
    for cycle in 1...100 {
      #expect(watch.cycleEnded(changes: cycle.isMultiple(of: 2) ? 0 : nil, read: at(20 * cycle)) == nil)
    }
    #expect(!watch.isSilent)
  }

  @Test("cycles without changes in between do not end a silence, nor do they make one")
  func interrupted() {
    var watch = SilenceWatch(now: start)
    var events: [SilenceWatch.Event] = []
    for cycle in 1...12 {
      if let event = watch.cycleEnded(changes: cycle.isMultiple(of: 4) ? 1 : 0, read: at(20 * cycle)) {
        events.append(event)
      }
    }
    #expect(events == [.silent(since: start, changes: 3)])
  }

  @Test("one notification between two cycles is enough for what they find")
  func heard() {
    var watch = SilenceWatch(now: start)
    for cycle in 1...10 {
      _ = watch.heard(at: at(20 * cycle - 10))
      #expect(watch.cycleEnded(changes: 5, read: at(20 * cycle)) == nil)
    }
    #expect(!watch.isSilent)
  }

  @Test("since when is told by the last notification that came")
  func since() {
    var watch = SilenceWatch(now: start)
    _ = watch.heard(at: at(5))
    #expect(watch.cycleEnded(changes: 1, read: at(20)) == nil)
    for cycle in 2...3 { #expect(watch.cycleEnded(changes: 1, read: at(20 * cycle)) == nil) }
    #expect(watch.cycleEnded(changes: 1, read: at(80)) == .silent(since: at(5), changes: 3))
  }
}
