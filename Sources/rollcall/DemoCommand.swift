import ArgumentParser
import Service

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Runs both simulators and the service on loopback and plays a short story; needs nothing else.")

  @Flag(help: "Leaves everything running after the story, until interrupted.")
  var keep = false

  func run() async throws {
    ProcessGuard.apply()
    let signals = await StopSignals()
    let succeeded = try await Demo.run(keepsRunning: keep, until: { await signals.wait() })
    if !succeeded { throw Exits.failed }
  }
}
