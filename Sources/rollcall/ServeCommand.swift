import ArgumentParser
import ProvisioningModel
import Service

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "serve", abstract: "Runs the service.")

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let signals = await StopSignals()
    let assembly = try options.assembly()
    try await options.checkSecrets(assembly)
    let service = try stoppingOnFailure { () throws(Failure) in try RollcallService(assembly) }
    try await stoppingOnFailure { () throws(Failure) in try await service.checkPrefix() }
    do {
      try await service.run(until: { await signals.wait() })
    } catch {
      StandardError.write("\(error)")
      throw Exits.failed
    }
  }
}
