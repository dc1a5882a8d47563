import ProvisioningModel
import TestSupport
import Testing

@Suite("Notifications that are faster than the directory's replicas")
struct ReplicationLagTests {
  private func simulation() async throws -> Simulation {
    let simulation = Simulation(seed: 1)
    for number in 1...5 {
      simulation.directory.put(.sample(number))
      simulation.directory.assign(.sample(number))
    }
    simulation.directory.put(.sample(9))
    simulation.start()
    try await simulation.pass(.seconds(60))
    return simulation
  }

  private func person(_ number: Int, _ simulation: Simulation) -> Person? {
    simulation.target.people(withKey: "entra:" + ObjectID.sample(number).rawValue).first
  }

  @Test("Given a change shows only seconds after its notification, it is applied seconds later all the same")
  func change() async throws {
    let simulation = try await simulation()
    simulation.notify([(.user, .sample(1))])
    try await simulation.pass(.seconds(2))
    simulation.directory.change(.sample(1)) { $0.attributes["givenName"] = .text("Late") }
    try await simulation.pass(.seconds(5))
    #expect(person(1, simulation)?.attributes[.firstName] == .text("Late"))
  }

  @Test("So is an assignment")
  func assignment() async throws {
    let simulation = try await simulation()
    simulation.notify([(.user, .sample(9))])
    try await simulation.pass(.seconds(2))
    simulation.directory.assign(.sample(9))
    try await simulation.pass(.seconds(5))
    #expect(person(9, simulation) != nil)
  }

  @Test("A second look that finds nothing either is the last one")
  func once() async throws {
    let simulation = try await simulation()
    let reads = simulation.faults.calls(.user)
    simulation.notify([(.user, .sample(1))])
    try await simulation.pass(.seconds(300))
    #expect(simulation.faults.calls(.user) == reads + 2)
  }

  @Test("A signal that was acted upon, or about a user who does not concern us, is looked at once")
  func notAgain() async throws {
    let simulation = try await simulation()
    let reads = simulation.faults.calls(.user)
    simulation.directory.change(.sample(1)) { $0.attributes["givenName"] = .text("New") }
    simulation.notify([(.user, .sample(1)), (.user, .sample(9))])
    try await simulation.pass(.seconds(300))
    #expect(simulation.faults.calls(.user) == reads + 1)
  }
}
