import TestSupport
import Testing
import WorkQueue
@testable import ProvisioningModel
@testable import ProvisioningRules
@testable import SynchronizationJob

@Suite("Start, pause and restart of the whole job")
struct JobControlTests {
  private func simulation(users: Int, seed: UInt64 = 1) -> Simulation {
    let simulation = Simulation(seed: seed)
    for number in 1...users {
      simulation.directory.put(.sample(number))
      simulation.directory.assign(.sample(number))
    }
    return simulation
  }

  private func rename(_ number: Int, in simulation: Simulation) {
    simulation.directory.change(.sample(number)) { $0.attributes["surname"] = .text("Renamed") }
    simulation.notify([(.user, .sample(number))])
  }

  private func renamed(in simulation: Simulation) -> Int {
    simulation.target.people.values.count { $0.attributes[.lastName] == .text("Renamed") }
  }

  @Test("Given a pause, signals are taken and nothing is written, cycles included, until it is started")
  func pause() async throws {
    let simulation = simulation(users: 5)
    simulation.start()
    try await simulation.pass(.seconds(60))
    _ = simulation.target.takeWrites()
    try await simulation.order { try await $0.pause() }
    #expect(simulation.job?.status.code(isQuarantined: false) == .paused)
    rename(1, in: simulation)
    simulation.directory.change(.sample(2)) { $0.attributes["surname"] = .text("Renamed") }
    try await simulation.pass(.seconds(86_400))
    #expect(simulation.target.takeWrites().isEmpty)
    #expect(simulation.job?.queue.statistics.ready ?? 0 > 0)
    try await simulation.order { try await $0.start() }
    try await simulation.pass(.seconds(60))
    #expect(renamed(in: simulation) == 2)
    #expect(simulation.job?.status.code(isQuarantined: false) == .active)
  }

  @Test("Given a pause and a crash, the next process is paused too, and a start lets it go on")
  func pauseOutlivesTheProcess() async throws {
    let simulation = simulation(users: 3)
    simulation.start()
    try await simulation.pass(.seconds(60))
    try await simulation.order { try await $0.pause() }
    simulation.crash()
    rename(1, in: simulation)
    try await simulation.pass(.seconds(7200))
    #expect(renamed(in: simulation) == 0)
    try await simulation.order { try await $0.start() }
    try await simulation.pass(.seconds(60))
    #expect(renamed(in: simulation) == 1)
  }

  @Test("Given a state that cannot be read at the start, nothing is begun before it is known whether the job is paused")
  func unreadableState() async throws {
    let simulation = simulation(users: 3)
    simulation.start()
    try await simulation.pass(.seconds(60))
    try await simulation.order { try await $0.pause() }
    _ = simulation.target.takeWrites()
    simulation.faults.plan(.readState, .unavailable, .unavailable, .unavailable)
    simulation.crash()
    rename(1, in: simulation)
    try await simulation.pass(.seconds(3600))
    #expect(simulation.target.takeWrites().isEmpty)
    #expect(simulation.job?.status.record.isPaused == true)
  }

  @Test("Given a restart that cannot be stored, the cycle that was broken off for it begins anew")
  func restartNotStored() async throws {
    let simulation = simulation(users: 20)
    simulation.start()
    try await simulation.run(steps: 60)
    #expect(simulation.observer.isInCycle && simulation.target.people.count < 20)
    simulation.faults.decide { $0 == .record ? .unavailable : nil }
    await #expect(throws: Failure.unavailable) {
      try await simulation.order { try await $0.restart(.watermark) }
    }
    simulation.faults.decide(by: nil)
    try await simulation.pass(.seconds(60))
    #expect(simulation.target.people.count == 20)
    #expect(simulation.observer.cycles.count == 1)
  }

  @Test("Given a pause that cannot be stored, it is refused and the job goes on")
  func pauseNotStored() async throws {
    let simulation = simulation(users: 1)
    simulation.start()
    try await simulation.pass(.seconds(60))
    simulation.faults.plan(.record, .unavailable)
    await #expect(throws: Failure.unavailable) { try await simulation.order { try await $0.pause() } }
    rename(1, in: simulation)
    try await simulation.pass(.seconds(60))
    #expect(renamed(in: simulation) == 1)
  }

  @Test(
    "Given a pause in the midst of a cycle, no watermark is stored; the next start does the rest", arguments: 1...20)
  func pauseWithinACycle(seed: UInt64) async throws {
    let simulation = simulation(users: 30, seed: seed)
    simulation.start()
    try await simulation.run(steps: Int(seed) * 40)
    try await simulation.order { try await $0.pause() }
    let people = simulation.target.people.count
    if people < 30 { #expect(simulation.state.storedWatermark == nil) }
    try await simulation.pass(.seconds(7200))
    #expect(simulation.target.people.count == people)
    try await simulation.order { try await $0.start() }
    try await simulation.pass(.seconds(600))
    #expect(simulation.target.people.count == 30)
    #expect(simulation.state.storedWatermark != nil)
    #expect(simulation.target.writes.count { $0.operation == .create } == 30)
  }

  @Test("Given a restart with Watermark, what was changed by hand is found; links stay")
  func watermark() async throws {
    let simulation = simulation(users: 4)
    simulation.start()
    try await simulation.pass(.seconds(60))
    let people = simulation.target.people
    let links = simulation.state.allLinks
    simulation.target.change(people.keys.sorted { $0.rawValue < $1.rawValue }[0]) {
      $0.attributes[.firstName] = .text("Scribble")
    }
    try await simulation.pass(.seconds(7200))
    #expect(simulation.target.people != people, "an incremental cycle does not see it")
    try await simulation.order { try await $0.restart(.watermark) }
    try await simulation.pass(.seconds(60))
    #expect(simulation.target.people == people)
    #expect(simulation.state.allLinks == links)
    #expect(simulation.observer.cycles.last?.kind == .initial)
  }

  @Test("Given a restart with Escrows, failures are forgotten and not tried again")
  func escrows() async throws {
    let simulation = simulation(users: 3)
    simulation.faults.decide { $0 == .create ? .refused(.unavailable) : nil }
    simulation.start()
    try await simulation.pass(.seconds(30))
    #expect(simulation.state.allEscrows.count == 3)
    try await simulation.order { try await $0.restart(.escrows) }
    #expect(simulation.state.allEscrows.isEmpty)
    simulation.faults.decide(by: nil)
    let creates = simulation.faults.calls(.create)
    try await simulation.pass(.seconds(3600))
    #expect(simulation.faults.calls(.create) == creates)
    rename(1, in: simulation)
    try await simulation.pass(.seconds(60))
    #expect(simulation.target.people.count == 1, "a change of its source has it tried again")
  }

  @Test("Given a restart with Full, links are broken and come back from the external keys; no person is made twice")
  func full() async throws {
    let simulation = simulation(users: 6)
    simulation.start()
    try await simulation.pass(.seconds(60))
    let links = simulation.state.allLinks.mapValues(\.personID)
    let people = simulation.target.people
    try await simulation.order { try await $0.restart(.full) }
    try await simulation.pass(.seconds(60))
    #expect(simulation.state.allLinks.mapValues(\.personID) == links)
    #expect(simulation.target.people == people)
  }

  @Test("Given a restart of a paused job, it goes on", arguments: [ResetScope.standard, [], .watermark])
  func restartOfAPausedJob(scope: ResetScope) async throws {
    let simulation = simulation(users: 2)
    simulation.start()
    try await simulation.pass(.seconds(60))
    try await simulation.order { try await $0.pause() }
    rename(1, in: simulation)
    try await simulation.order { try await $0.restart(scope) }
    try await simulation.pass(.seconds(60))
    #expect(renamed(in: simulation) == 1)
  }

  @Test("Given a restart in the midst of a cycle, the watermark never gets ahead of the links", arguments: 1...30)
  func restartWithinACycle(seed: UInt64) async throws {
    let simulation = simulation(users: 20, seed: seed)
    simulation.start()
    try await simulation.pass(.seconds(60))
    simulation.requestCycle()
    try await simulation.order { try await $0.restart(.watermark) }
    try await simulation.run(steps: Int(seed) * 10)
    let links = simulation.state.allLinks.mapValues(\.personID)
    try await simulation.order { try await $0.restart(.full) }
    #expect(simulation.state.storedWatermark == nil || simulation.state.allLinks.count == 20)
    try await simulation.pass(.seconds(60))
    #expect(simulation.state.allLinks.mapValues(\.personID) == links)
    #expect(simulation.target.people.count == 20)
    #expect(simulation.state.storedWatermark != nil)
  }

  @Test("Given held removals, ForceDeletes has them carried out, and a plain restart has not")
  func forceDeletes() async throws {
    let simulation = simulation(users: 60)
    simulation.start()
    try await simulation.pass(.seconds(60))
    for number in 1...40 { simulation.directory.unassign(.sample(number)) }
    try await simulation.pass(.seconds(1800))
    #expect(simulation.job?.heldRemovals == 40)
    try await simulation.order { try await $0.restart(.standard) }
    try await simulation.pass(.seconds(1800))
    #expect(simulation.job?.heldRemovals == 40)
    #expect(simulation.target.removals.isEmpty)
    try await simulation.order { try await $0.restart(.forceDeletes) }
    try await simulation.pass(.seconds(1800))
    #expect(simulation.job?.heldRemovals == 0)
    #expect(simulation.target.removals.count == 40)
  }

  @Test("Given a quarantine, QuarantineState and start end it at once")
  func quarantine() async throws {
    for lift in [true, false] {
      let simulation = simulation(users: 2)
      simulation.start()
      try await simulation.pass(.seconds(60))
      simulation.faults.decide { $0 == .assignments ? .refused(.refusedCredentials) : nil }
      simulation.requestCycle()
      try await simulation.pass(.seconds(5))
      #expect(simulation.job?.status.code(isQuarantined: simulation.job?.quarantine != nil) == .quarantine)
      simulation.faults.decide(by: nil)
      rename(1, in: simulation)
      try await simulation.order { lift ? try await $0.restart(.quarantineState) : try await $0.start() }
      #expect(simulation.job?.quarantine == nil)
      try await simulation.pass(.seconds(1))
      #expect(renamed(in: simulation) == 1)
    }
  }

  @Test("Given cycles that end and fail, the status tells, and tells it after a crash too")
  func status() async throws {
    let simulation = simulation(users: 3)
    simulation.start()
    try await simulation.pass(.seconds(60))
    let first = try #require(simulation.job?.status.record.last)
    #expect(first.kind == .initial && first.state == .succeeded)
    #expect(first.counts.imported == 3 && first.counts.exported == 3)
    try await simulation.pass(.seconds(1200))
    simulation.faults.decide { $0 == .assignments ? .refused(.unavailable) : nil }
    try await simulation.pass(.seconds(1800))
    simulation.crash()
    try await simulation.pass(.seconds(5))
    let record = try #require(simulation.job?.status.record)
    #expect(record.last?.state == .failed && record.successiveCompleteFailures > 1)
    #expect(record.lastSuccessful?.kind == .incremental)
    #expect(record.lastSuccessfulWithExports?.id == first.id)
    #expect(record.steadyStateFirstAchieved == first.ended)
    #expect(simulation.state.storedJobRecord == record)
  }

  @Test("Given a paused job, a cycle in the foreground is refused and says why")
  func foreground() async throws {
    let simulation = simulation(users: 1)
    simulation.start()
    try await simulation.pass(.seconds(60))
    try await simulation.order { try await $0.pause() }
    await #expect(throws: Failure.paused) {
      try await simulation.order { _ = try await $0.runOnce(full: true, workers: 1) }
    }
  }
}
