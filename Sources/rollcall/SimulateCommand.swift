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
    for port in [graphPort, xmattersPort] where !(0...65535).contains(port) {
      throw ValidationError("A port must be from 0 to 65535, not \(port).")
    }
  }

  func run() async throws {
    let signals = await StopSignals()
    let world: SimulatedWorld
    do {
      world = try await SimulatedWorld.start(
        users: users, assigned: users, seed: seed, graphPort: graphPort, xmattersPort: xmattersPort)
    } catch {
      StandardError.write(
        "The simulators cannot be opened on ports \(graphPort) and \(xmattersPort): \(error)\nFree the ports, or choose others; 0 takes a free one."
      )
      throw Exits.failed
    }
    print("Graph and login: \(world.graphServer.url)")
    print("xMatters:        \(world.xmattersServer.url)")
    print("")
    print(world.configuration(statePath: "rollcall.sqlite", listenerPort: 8080))
    StandardOutput.flush()
    await signals.wait()
    await world.stop()
  }
}
