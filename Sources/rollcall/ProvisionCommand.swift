import ArgumentParser
import JSON
import Logging
import ProvisioningModel
import Service

struct ProvisionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "provision", abstract: "Provisions users, or groups with their members, now and shows the five steps.",
    discussion: """
      Needs the state file for itself; while a service runs, ask that one instead: POST /api/v1/job/provisionOnDemand. With --dry-run \
      it works beside a running service. Ends with 1 when something failed.
      """)

  @Argument(help: "Object ids of users and groups, or user principal names.")
  var subjects: [String]

  @OptionGroup var options: ConfigurationOptions

  @Flag(help: "Shows what would be done; writes nothing anywhere.")
  var dryRun = false

  @Option(help: "text, or json: Graph's provisioningObjectSummary for each object.")
  var output = OutputForm.text

  func run() async throws {
    let assembly = try options.assembly(level: .critical)
    let (entries, job) = try await stoppingOnFailure { () throws(Failure) in
      try await Foreground.provision(assembly, subjects, dryRun: dryRun)
    }
    let report = OnDemandReport(entries, dryRun: dryRun)
    switch output {
    case .text: report.forEachLine { print($0.printable) }
    case .json: print(JSONValue.object(["value": .array(entries.map { $0.summary(job) })]).text)
    }
    if !report.succeeded { throw Exits.failed }
  }
}
