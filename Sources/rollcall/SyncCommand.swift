import ArgumentParser
import Logging
import ProvisioningModel
import Service
import SynchronizationJob

struct SyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync", abstract: "Runs one cycle in the foreground, then exits.")

  @OptionGroup var options: ConfigurationOptions

  @Flag(help: "A full cycle: everybody in scope against xMatters.")
  var full = false

  func run() async throws {
    let isTerminal = StandardOutput.isTerminal
    let assembly = try options.assembly(level: isTerminal ? .error : nil)
    let full = full
    let report = try await stoppingOnFailure { () throws(Failure) in
      try await Foreground.sync(assembly, full: full) { progress in
        if isTerminal { ProgressBar.draw(progress) }
      }
    }
    if isTerminal { ProgressBar.clear() }
    let seconds = (report.ended - report.began).inSeconds
    let summary =
      "\(report.kind.rawValue) cycle: \(report.objects) objects, \(report.failed) failed, \((seconds * 10).rounded() / 10) s"
    // Otherwise there is a log, and each of its lines is JSON.
    if isTerminal { print(summary) } else { assembly.logger.info("\(summary)") }
    if report.failed > 0 { throw Exits.failed }
  }
}

/// A line that is drawn over itself.
enum ProgressBar {
  static func draw(_ progress: CycleProgress) {
    StandardError.writeRaw("\r\u{1B}[K\(ProgressLine.text(progress).printable)")
  }

  static func clear() {
    StandardError.writeRaw("\r\u{1B}[K")
  }
}
