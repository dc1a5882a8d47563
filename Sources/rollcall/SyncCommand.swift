import ArgumentParser
import Logging
import Provisioning
import Service

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
    let began = ContinuousClock.now
    let report = try await stoppingOnFailure { () throws(Failure) in
      try await Foreground.sync(assembly, full: full) { completed, total, failed in
        if isTerminal { ProgressBar.draw(completed, of: total, failed: failed, since: began) }
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
  private static let width = 30

  static func draw(_ completed: Int, of total: Int, failed: Int, since began: ContinuousClock.Instant) {
    let share = total == 0 ? 1 : Double(completed) / Double(total)
    let filled = Int(share * Double(width))
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    let elapsed = began.duration(to: .now).inSeconds
    let rate = elapsed > 0 ? Double(completed) / elapsed : 0
    let remaining = rate > 0 ? " \(Int(Double(total - completed) / rate)) s left" : ""
    let failures = failed > 0 ? ", \(failed) failed" : ""
    StandardError.write(
      "\r\u{1B}[K[\(bar)] \(completed)/\(total)\(failures), \(Int(rate))/s\(remaining)", terminator: "")
  }

  static func clear() {
    StandardError.write("\r\u{1B}[K", terminator: "")
  }
}
