import ArgumentParser
import Logging
import ProvisioningModel
import Service

@main
struct Rollcall: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollcall",
    abstract: "Keeps xMatters people in step with Microsoft Entra ID.",
    version: Version.text,
    subcommands: [
      DemoCommand.self, ServeCommand.self, CheckCommand.self, SyncCommand.self, PlanCommand.self, ProvisionCommand.self,
      EvaluateCommand.self,
      SimulateCommand.self, ConfigCommand.self, MigrateKeysCommand.self,
    ])
}

/// What the commands have in common.
enum Exits {
  static let failed = ExitCode(1)
  static let configuration = ExitCode(78)
}

struct ConfigurationOptions: ParsableArguments {
  @Option(name: .customLong("config"), help: "The configuration file.")
  var file: String

  /// Reads and checks the file; ends the process with 78 and every error when it is not valid.
  func load() throws -> LoadedSettings {
    do throws(InvalidConfiguration) {
      return try SettingsFile.load(file)
    } catch {
      StandardError.write("\(error)")
      throw Exits.configuration
    }
  }

  /// Ends the process with 78 when a secret that callers send could be guessed.
  func checkSecrets(_ assembly: Assembly) async throws {
    let problems = await assembly.problemsOfSecrets()
    guard !problems.isEmpty else { return }
    StandardError.write("\(InvalidConfiguration(file: file, problems: problems))")
    throw Exits.configuration
  }

  func assembly(level: Logger.Level? = nil) throws -> Assembly {
    ProcessGuard.apply()
    let loaded = try load()
    let logger = Loggers.make(loaded.settings, level: level)
    for warning in loaded.warnings {
      logger.warning("The configuration is valid, but look at this.", metadata: ["key": "\(warning)"])
    }
    return try stoppingOnFailure { () throws(Failure) in try Assembly(loaded.settings, logger: logger) }
  }
}

enum Loggers {
  /// Of all loggers of the process.
  static let level = LogLevel(.info)

  static func make(_ settings: Settings, level: Logger.Level? = nil) -> Logger {
    Self.level.value = level ?? configuredLevel(settings)
    return Logger(label: "rollcall") { label in
      LineLogHandler(label: label, level: Self.level, form: StandardOutput.isTerminal ? .text : .json)
    }
  }

  static func configuredLevel(_ settings: Settings) -> Logger.Level {
    Logger.Level(rawValue: settings.logLevel.rawValue) ?? .info
  }
}

/// Says what failed and what to do.
private func stop(_ failure: Failure) -> ExitCode {
  StandardError.write("\(failure.reason)\n\(failure.advice)")
  return failure.code == .configurationChanged ? Exits.configuration : Exits.failed
}

/// Says what failed and what to do, and ends with 1, or with 78 when the configuration does not fit the state.
func stoppingOnFailure<Value>(_ body: () throws(Failure) -> Value) throws -> Value {
  do throws(Failure) {
    return try body()
  } catch {
    throw stop(error)
  }
}

func stoppingOnFailure<Value: Sendable>(_ body: () async throws(Failure) -> Value) async throws -> Value {
  do throws(Failure) {
    return try await body()
  } catch {
    throw stop(error)
  }
}
