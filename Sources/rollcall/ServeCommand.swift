import ArgumentParser
import Logging
import ProvisioningModel
import Service

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "serve", abstract: "Runs the service.")

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let signals = await StopSignals()
    let reload = await ReloadSignals()
    let assembly = try options.assembly()
    try await options.checkSecrets(assembly)
    let service = try stoppingOnFailure { () throws(Failure) in try RollcallService(assembly) }
    try await stoppingOnFailure { () throws(Failure) in try await service.checkPrefix() }
    let reloading = Task { await reload.forEach { await self.reload(service, assembly.logger) } }
    defer { reloading.cancel() }
    do {
      try await service.run(until: { await signals.wait() })
    } catch {
      StandardError.write("\(error)")
      throw Exits.failed
    }
  }

  /// Reads secrets and the level of the log again. Everything else takes a new start.
  private func reload(_ service: RollcallService, _ logger: Logger) async {
    await service.readSecretsAgain()
    do throws(InvalidConfiguration) {
      let loaded = try SettingsFile.load(options.file)
      Loggers.level.value = Loggers.configuredLevel(loaded.settings)
      logger.notice(
        "Secrets and logs.level were read again; other keys take a new start.",
        metadata: ["level": "\(Loggers.level.value.rawValue)"])
    } catch {
      logger.warning(
        "Secrets were read again. The configuration is not valid, and the level of the log stays: \(error)")
    }
  }
}
