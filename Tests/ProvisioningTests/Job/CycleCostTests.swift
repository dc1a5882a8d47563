import ProvisioningModel
import SynchronizationJob
import TestSupport
import Testing

@Suite("What a cycle reads")
struct CycleCostTests {
  private static let assigned = 40

  /// A tenant of which a part is assigned, provisioned.
  private func simulation() async throws -> Simulation {
    let simulation = Simulation(seed: 1)
    for number in 1...200 { simulation.directory.put(.sample(number)) }
    for number in 1...Self.assigned { simulation.directory.assign(.sample(number)) }
    // Disabled users are assigned and have no person.
    for number in 31...Self.assigned { simulation.directory.change(.sample(number)) { $0.accountEnabled = false } }
    simulation.start()
    try await simulation.pass(.seconds(60))
    #expect(simulation.target.people.count == 30)
    _ = simulation.target.takeWrites()
    return simulation
  }

  private func incrementalCycle(_ simulation: Simulation) async throws -> CycleReport {
    simulation.requestCycle()
    try await simulation.pass(.seconds(60))
    return try #require(simulation.observer.cycles.last)
  }

  @Test("Given nothing changed, an incremental cycle looks at no object")
  func unchanged() async throws {
    let simulation = try await simulation()
    let reads = simulation.faults.calls(.user)
    let report = try await incrementalCycle(simulation)
    #expect(report.kind == .incremental && report.objects == 0)
    #expect(simulation.faults.calls(.user) == reads)
  }

  @Test("Nor does the first one of a new process")
  func restarted() async throws {
    let simulation = try await simulation()
    let reads = simulation.faults.calls(.user)
    simulation.crash()
    try await simulation.pass(.seconds(60))
    let report = try #require(simulation.observer.cycles.last)
    #expect(report.kind == .incremental && report.objects == 0)
    #expect(simulation.faults.calls(.user) == reads)
  }

  @Test("Changes of users who are neither assigned nor provisioned cost nothing")
  func strangers() async throws {
    let simulation = try await simulation()
    let reads = simulation.faults.calls(.user)
    for number in 100...200 {
      simulation.directory.change(.sample(number)) { $0.attributes["jobTitle"] = .text("Changed") }
    }
    #expect(try await incrementalCycle(simulation).objects == 0)
    #expect(simulation.faults.calls(.user) == reads)
  }

  @Test(
    "Given some changed, were assigned or unassigned while no process ran, exactly they are looked at, in one bulk read"
  )
  func changed() async throws {
    let simulation = try await simulation()
    let reads = simulation.faults.calls(.user)
    simulation.directory.change(.sample(3)) { $0.attributes["givenName"] = .text("Changed") }
    simulation.directory.unassign(.sample(4))
    simulation.directory.assign(.sample(5), role: .sample(902))
    simulation.directory.assign(.sample(150))
    simulation.crash()
    try await simulation.pass(.seconds(60))
    #expect(simulation.observer.cycles.last?.objects == 3, "the loss is confirmed after the cycle")
    // The user who left is read by itself, and once more when the guard has let it through.
    #expect(simulation.faults.calls(.user) == reads + 3)
    #expect(simulation.target.people.count == 31)
    let left = simulation.target.people(withKey: "entra:" + ObjectID.sample(4).rawValue)
    #expect(left.map { $0.attributes[.status] } == [.text("INACTIVE")])
  }

  @Test(
    "A change that comes and goes with a process does not leave its trace: what was applied counts, not what was read last"
  )
  func backAndForth() async throws {
    let simulation = try await simulation()
    // Seen and applied after a notification, but no cycle ends before the process does.
    simulation.directory.unassign(.sample(1))
    simulation.notify([(.user, .sample(2))])
    try await simulation.pass(.seconds(5))
    let person = { simulation.target.people(withKey: "entra:" + ObjectID.sample(1).rawValue).first }
    #expect(person()?.attributes[.status] == .text("INACTIVE"))
    simulation.directory.assign(.sample(1))
    simulation.crash()
    try await simulation.pass(.seconds(60))
    #expect(person()?.attributes[.status] == .text("ACTIVE"))
  }
}
