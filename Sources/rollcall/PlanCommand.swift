import Reconciler
import ArgumentParser
import Logging
import ProvisioningModel
import Service

enum OutputForm: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Shows what a full cycle would do; writes nothing anywhere.",
    discussion: """
      Works beside a running service: the state file is read at one moment and not locked. Ends with 1 when something would fail.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Option(help: "text, or json: Graph's provisioningObjectSummary for each object.")
  var output = OutputForm.text

  @Flag(help: "Also lists those who would be left as they are, with the reasons.")
  var skipped = false

  func run() async throws {
    let assembly = try options.assembly(level: .critical)
    let (plan, job) = try await stoppingOnFailure { () throws(Failure) in
      try await Foreground.plan(assembly) { progress in
        if StandardError.isTerminal { ProgressBar.draw(progress) }
      }
    }
    if StandardError.isTerminal { ProgressBar.clear() }
    let report = PlanReport(plan, job, listsSkips: skipped)
    switch output {
    case .text: report.forEachLine { print($0.printable) }
    case .json: report.forEachPieceOfJSON { print($0, terminator: "") }
    }
    if !plan.failures.isEmpty { throw Exits.failed }
  }
}
