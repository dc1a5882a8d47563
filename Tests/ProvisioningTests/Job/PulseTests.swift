import ProvisioningModel
import ProvisioningRules
import Reconciler
import TestSupport
import Testing
@testable import SynchronizationJob

@Suite("The pulse: what is found between cycles without any notification")
struct PulseTests {
  private func simulation(pulse: Duration = .seconds(60)) async throws -> Simulation {
    var options = Simulation.Options()
    options.schedule.pulse = pulse
    let simulation = Simulation(seed: 1, options: options)
    for number in 1...4 {
      simulation.directory.put(.sample(number))
      if number < 4 { simulation.directory.assign(.sample(number)) }
    }
    simulation.start()
    try await simulation.pass(.seconds(120))
    _ = simulation.target.takeWrites()
    return simulation
  }

  private func lastName(_ number: Int, in simulation: Simulation) -> String? {
    simulation.target.people.values.first { $0.externalKey == "entra:\(ObjectID.sample(number))" }?
      .attributes[.lastName]?.text
  }

  @Test("Given a change that no notification tells of, it is in xMatters within the pulse")
  func change() async throws {
    let simulation = try await simulation()
    simulation.directory.change(.sample(1)) { $0.attributes["surname"] = .text("Changed") }
    try await simulation.pass(.seconds(65))
    #expect(lastName(1, in: simulation) == "Changed")
    #expect(simulation.observer.cycles.count == 1, "no cycle was needed for it")
  }

  @Test("Given an assignment, which Graph sends no notification for, it is found within two pulses")
  func assignment() async throws {
    let simulation = try await simulation()
    simulation.directory.assign(.sample(4))
    try await simulation.pass(.seconds(125))
    #expect(lastName(4, in: simulation) != nil)
  }

  @Test("Given a change of a user who is none of ours, nothing is read of it")
  func stranger() async throws {
    let simulation = try await simulation()
    let reads = simulation.faults.calls(.user)
    simulation.directory.change(.sample(4)) { $0.attributes["surname"] = .text("Changed") }
    try await simulation.pass(.seconds(65))
    #expect(simulation.faults.calls(.user) == reads)
  }

  @Test("Given no pulse, or a job that is paused, nothing is found before the cycle")
  func off() async throws {
    let without = try await simulation(pulse: .zero)
    let paused = try await simulation()
    try await paused.order { try await $0.pause() }
    for simulation in [without, paused] {
      let reads = simulation.faults.calls(.changes)
      simulation.directory.change(.sample(1)) { $0.attributes["surname"] = .text("Changed") }
      try await simulation.pass(.seconds(180))
      #expect(simulation.faults.calls(.changes) == reads && lastName(1, in: simulation) != "Changed")
    }
  }

  @Test("Given a link that is too old, a cycle begins at once")
  func expired() async throws {
    let simulation = try await simulation()
    simulation.directory.expireLinks()
    simulation.directory.change(.sample(1)) { $0.attributes["surname"] = .text("Changed") }
    try await simulation.pass(.seconds(90))
    #expect(lastName(1, in: simulation) == "Changed" && simulation.observer.cycles.count == 2)
  }

  @Test("Jitter only shortens; after failures the pulse backs off, and a success ends that")
  func wait() {
    var pulse = Pulse(interval: .seconds(60))
    #expect(pulse.wait(0) == .seconds(60) && pulse.wait(1) == .seconds(54))
    pulse.ended(failed: true)
    #expect(pulse.wait(1) == .seconds(120))
    for _ in 1...20 { pulse.ended(failed: true) }
    #expect(pulse.wait(0.5) == .seconds(600))
    pulse.ended(failed: false)
    #expect(pulse.wait(0) == .seconds(60))
  }

  @Test("A round that is left to the cycle is not followed until another watermark is stored")
  func left() {
    var pulse = Pulse(interval: .seconds(60))
    var watermark = Watermark(
      users: "u1", groups: "g1", fingerprint: 1, storedAt: FixedClock.start, fullCycleAt: FixedClock.start)
    #expect(pulse.link(.user, watermark) == DeltaLink("u1"))
    pulse.followed(.user, to: DeltaLink("u2"))
    #expect(pulse.link(.user, watermark) == DeltaLink("u2"))
    pulse.leave(.user, watermark)
    #expect(pulse.link(.user, watermark) == nil && pulse.link(.group, watermark) == DeltaLink("g1"))
    watermark.users = "u3"
    watermark.storedAt = FixedClock.start + .seconds(1)
    #expect(pulse.link(.user, watermark) == DeltaLink("u3"))
  }

  @Test(
    "The list of assignments is read by the pulse as often as its budget pays for: one page each minute, 100 pages in nine"
  )
  func budget() {
    var budget = AssignmentBudget(perMinute: 12, now: .zero)
    budget.spend(1, at: .zero)
    let paysForOnePage = budget.canRead(at: .seconds(60))
    budget.spend(100, at: .seconds(60))
    let paysTooEarly = budget.canRead(at: .seconds(60 * 9))
    let paysForAll = budget.canRead(at: .seconds(60 * 18))
    #expect(paysForOnePage && !paysTooEarly && paysForAll)
    var none = AssignmentBudget(perMinute: 0, now: .zero)
    let paysWithoutBudget = none.canRead(at: .seconds(86_400))
    #expect(!paysWithoutBudget)
  }
}
