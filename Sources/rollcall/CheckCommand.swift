import ArgumentParser
import Logging
import ProvisioningModel
import Service

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Tests the configuration and the connection to both sides; writes nothing anywhere."
  )

  @OptionGroup var options: ConfigurationOptions

  @Flag(help: "Checks the configuration only.")
  var configOnly = false

  func run() async throws {
    let assembly = try options.assembly(level: .critical)
    try await options.checkSecrets(assembly)
    print("ok    configuration: valid")
    for warning in try options.load().warnings { print("warn  configuration: \("\(warning)".printable)") }
    if configOnly { return }
    let listener = assembly.settings.listener
    let isServing = assembly.isServing
    var isFree = true
    for (key, port) in listener.ports {
      if PortProbe.isFree(host: listener.host, port: port) {
        print("ok    listener: \(listener.host) port \(port) is free")
      } else if isServing {
        print("ok    listener: \(listener.host) port \(port) is taken, by the service that runs")
      } else {
        isFree = false
        print("FAIL  listener: \(listener.host) port \(port) cannot be opened")
        print("      Free the port, or change listener.host or \(key).")
      }
    }
    let isConnected = await ConnectionCheck(assembly).run { step in
      switch step.result {
      case .fine(let detail): print("ok    \(step.name): \(detail.printable)")
      case .failed(let reason, let advice): print("FAIL  \(step.name): \(reason.printable)\n      \(advice.printable)")
      }
    }
    guard isConnected, isFree else { throw Exits.failed }
  }
}
