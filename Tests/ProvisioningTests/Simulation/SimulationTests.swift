import SynchronizationJob
import ProvisioningModel
import TestSupport
import Testing

@Suite("The whole job, simulated")
struct SimulationTests {
  @Test("Given users before the start, the initial cycle provisions them, and later cycles write nothing")
  func initialCycle() async throws {
    let simulation = Simulation(seed: 1)
    for number in 1...20 {
      simulation.directory.put(.sample(number, manager: number % 5 == 0 ? nil : number + 1))
      simulation.directory.assign(.sample(number))
    }
    simulation.start()
    try await simulation.pass(.seconds(60))
    #expect(simulation.target.people.count == 20)
    #expect(simulation.observer.cycles.map(\.kind) == [.initial])
    _ = simulation.target.takeWrites()
    try await simulation.pass(.seconds(2 * 86_400))
    #expect(simulation.target.writes.isEmpty)
    #expect(simulation.observer.cycles.count > 100)
    simulation.crash()
    try await simulation.pass(.seconds(60))
    #expect(simulation.target.writes.isEmpty)
  }
}
