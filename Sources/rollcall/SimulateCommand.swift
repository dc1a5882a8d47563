import ArgumentParser
import Service
import Simulators

struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Runs a simulated Microsoft Graph and a simulated xMatters on loopback.")

  @Option(help: "The port of Graph and its login service; 0 takes a free one.")
  var graphPort = 8081

  @Option(help: "The port of xMatters; 0 takes a free one.")
  var xmattersPort = 8082

  @Option(help: "Users in the tenant, all assigned to the application.")
  var users = 100

  @Option(help: "The same seed makes the same tenant.")
  var seed: UInt64 = 1

  func validate() throws {
    guard (0...200_000).contains(users) else { throw ValidationError("--users must be from 0 to 200000.") }
  }

  func run() async throws {
    let signals = await StopSignals()
    let world = try await SimulatedWorld.start(
      users: users, assigned: users, seed: seed, graphPort: graphPort, xmattersPort: xmattersPort)
    print("Graph and login: \(world.graphServer.url)")
    print("xMatters:        \(world.xmattersServer.url)")
    print("")
    print(world.configuration(statePath: "rollcall.sqlite", listenerPort: 8080))
    StandardOutput.flush()
    await signals.wait()
    await world.stop()
  }
}
