import TestSupport
import Testing
@testable import ProvisioningModel
@testable import ProvisioningRules
@testable import Reconciler
@testable import SynchronizationJob

@Suite("The status of a job")
struct JobStatusTests {
  private let now = FixedClock.start

  private func report(
    _ number: Int, action: ProvisioningLogEntry.Action = .update, failure: Failure? = nil, skip: SkipReason? = nil
  ) -> RunReport {
    let entry = ProvisioningLogEntry(
      id: "\(number)", time: now, cycleID: "c1", action: action, status: failure == nil ? .success : .failure,
      duration: .zero, objectID: .sample(number), kind: .user, sourceName: nil, targetID: nil, targetName: nil,
      steps: [],
      modifiedProperties: [], failure: failure)
    return RunReport(
      record: RunRecord(
        objectID: .sample(number), link: .unchanged, escrow: .clear, entry: skip == nil ? entry : nil),
      account: entry, failure: failure, skip: skip)
  }

  private func ended(_ id: String, kind: CycleKind = .incremental, at time: Timestamp) -> CycleReport {
    CycleReport(id: id, kind: kind, began: now, ended: time, objects: 0, failed: 0, changes: 7, groupChanges: 2)
  }

  @Test("Given a job that never ran, it says so")
  func notRun() {
    let status = JobStatus()
    #expect(status.code(isQuarantined: false) == .notRun)
    #expect(status.progress(nil, at: now) == nil)
    #expect(status.record.steadyStateFirstAchieved == nil)
  }

  @Test("Given quarantine and pause, the pause is what a person has to know first")
  func codes() {
    var status = JobStatus()
    status.cycleBegan(.initial, id: "c1", at: now)
    #expect(status.code(isQuarantined: false) == .active)
    #expect(status.code(isQuarantined: true) == .quarantine)
    status.record.isPaused = true
    #expect(status.code(isQuarantined: true) == .paused)
  }

  @Test("Given runs of a cycle, its counts tell what was looked at, entitled, written and escrowed")
  func counts() throws {
    var status = JobStatus()
    status.cycleBegan(.incremental, id: "c1", at: now)
    for report in [
      report(1, action: .create), report(2, action: .update), report(3, action: .create, failure: .badRequest),
      report(4, action: .disable), report(5, action: .other, failure: .unavailable), report(6, skip: .redundantExport),
      report(7, skip: .notEffectivelyEntitled), report(8, skip: .notInScope), report(9, skip: .alreadyHandled),
      report(10, skip: .removalPlanned),
    ] {
      status.ran(report, cycleID: "c1", latency: nil, at: now)
    }
    // Whatever runs for a notification meanwhile is not the cycle's.
    status.ran(report(11), cycleID: nil, latency: .seconds(2), at: now)
    status.cycleEnded(ended("c1", at: now + .seconds(60)))
    let last = try #require(status.record.last)
    #expect(last.state == .entryLevelErrors)
    #expect(last.counts.imported == 9)
    #expect(last.counts.entitled == 6)
    #expect(last.counts.entitledForProvisioning == 5)
    #expect(last.counts.exports == 4)
    #expect(last.counts.exported == 3)
    #expect(last.counts.escrowed == 2)
    #expect(last.counts.importedDeltas == 7)
    #expect(last.counts.importedReferenceDeltas == 2)
    #expect(status.lastEventLag == .seconds(2))
    #expect(status.record.lastSuccessful == nil, "escrows are not success")
  }

  @Test("Given cycles that end, fail or are broken off, the last of each kind is remembered")
  func executions() {
    var status = JobStatus()
    status.cycleBegan(.initial, id: "c1", at: now)
    status.ran(report(1, action: .create), cycleID: "c1", latency: nil, at: now)
    status.cycleEnded(ended("c1", kind: .initial, at: now + .seconds(10)))
    status.cycleBegan(.incremental, id: "c2", at: now + .seconds(20))
    status.cycleEnded(ended("c2", at: now + .seconds(30)))
    for number in 3...4 {
      status.cycleBegan(.incremental, id: "c\(number)", at: now + .seconds(40))
      status.cycleFailed(.unavailable, at: now + .seconds(50))
    }
    status.cycleBegan(.incremental, id: "c5", at: now + .seconds(60))
    status.cycleBrokenOff()
    #expect(status.running == nil)
    #expect(status.record.last?.id == "c4")
    #expect(status.record.last?.state == .failed)
    #expect(status.record.last?.failure == .unavailable)
    #expect(status.record.lastSuccessful?.id == "c2")
    #expect(status.record.lastSuccessfulWithExports?.id == "c1")
    #expect(status.record.successiveCompleteFailures == 2)
    #expect(status.record.steadyStateFirstAchieved == now + .seconds(10))
    #expect(status.record.steadyStateLastAchieved == now + .seconds(30))
    status.cycleBegan(.full, id: "c6", at: now + .seconds(70))
    status.cycleEnded(ended("c6", kind: .full, at: now + .seconds(80)))
    #expect(status.record.successiveCompleteFailures == 0)
    #expect(status.record.steadyStateFirstAchieved == now + .seconds(10))
    #expect(status.record.steadyStateLastAchieved == now + .seconds(80))
  }

  @Test("Given a cycle that still reads, nothing is promised; once it provisions, the estimate follows its pace")
  func progress() throws {
    var status = JobStatus()
    status.cycleBegan(.initial, id: "c1", at: now)
    let reading = try #require(status.progress(nil, at: now + .seconds(100)))
    #expect(reading.total == nil && reading.remaining == nil && reading.completed == 0)
    for second in 0..<10 {
      for number in 0..<5 {
        status.ran(report(number), cycleID: "c1", latency: nil, at: now + .seconds(100 + second))
      }
    }
    let working = try #require(status.progress((50, 150, 3), at: now + .seconds(110)))
    #expect(working.total == 150 && working.failed == 3)
    #expect(working.rate == 5)
    #expect(working.remaining == .seconds(20))
    status.cycleEnded(ended("c1", at: now + .seconds(130)))
    #expect(status.progress(nil, at: now + .seconds(130)) == nil)
  }
}

@Suite("The pace of a cycle")
struct PaceTests {
  private let now = FixedClock.start

  @Test("Given nothing done, or less than a second, nothing is told")
  func unknown() {
    var pace = Pace(began: now)
    #expect(pace.rate(at: now + .seconds(60)) == nil)
    #expect(pace.remaining(5, at: now + .seconds(60)) == nil)
    #expect(pace.remaining(0, at: now) == .zero)
    pace.step(at: now)
    #expect(pace.rate(at: now + .milliseconds(500)) == nil)
  }

  @Test("Given a cycle that slows down, the last minute counts and not the start")
  func slowing() throws {
    var pace = Pace(began: now)
    for second in 0..<100 {
      for _ in 0..<1000 { pace.step(at: now + .seconds(second)) }
    }
    for second in 100..<200 { pace.step(at: now + .seconds(second)) }
    #expect(try #require(pace.rate(at: now + .seconds(200))) == 1)
    #expect(pace.remaining(90, at: now + .seconds(200)) == .seconds(90))
  }

  @Test("Given a cycle that has come to a halt, the estimate grows and then ends")
  func halted() throws {
    var pace = Pace(began: now)
    for second in 0..<10 { pace.step(at: now + .seconds(second)) }
    let early = try #require(pace.remaining(10, at: now + .seconds(10)))
    let late = try #require(pace.remaining(10, at: now + .seconds(30)))
    #expect(early < late)
    #expect(pace.remaining(10, at: now + .seconds(200)) == nil)
  }
}

@Suite("What a restart resets")
struct ResetScopeTests {
  @Test(
    "Given names, they are read in any order, letter case and blanks aside",
    arguments: [
      ("", .standard), ("  ", .standard), ("Watermark", .watermark),
      ("Watermark, Escrows, QuarantineState", .standard), ("watermark,ESCROWS", [.watermark, .escrows]),
      ("ForceDeletes", .forceDeletes), ("ConnectorDataStore", .connectorDataStore), ("None", []),
      ("None, Escrows", .escrows), ("Full", .full), ("Escrows, Full", .full),
      (
        "Watermark, Escrows, QuarantineState, ForceDeletes, Full",
        [.watermark, .escrows, .quarantineState, .forceDeletes, .connectorDataStore]
      ),
    ] as [(String, ResetScope)])
  func names(text: String, expected: ResetScope) {
    #expect(ResetScope(text) == expected)
  }

  @Test(
    "Given a name that there is not, it is refused", arguments: ["All", "Watermark;Escrows", "Watermark,", ","])
  func unknown(text: String) {
    #expect(ResetScope(text) == nil)
  }

  @Test("Given links that are forgotten, so is the watermark: the next cycle has to list people")
  func state() {
    #expect(ResetScope.connectorDataStore.state == [.links, .watermark])
    #expect(ResetScope.standard.state == [.watermark, .escrows])
    #expect(ResetScope.forceDeletes.state.isEmpty)
  }
}
