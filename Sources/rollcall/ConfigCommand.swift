import ArgumentParser
import Service

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Shows the effective configuration as YAML, secrets masked.")

  @OptionGroup var options: ConfigurationOptions

  func run() throws {
    print(try options.load().effectiveYAML, terminator: "")
  }
}
