import Reconciler
import ArgumentParser
import Logging
import ProvisioningModel
import Service

struct MigrateKeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate-keys",
    abstract: "Rewrites the external keys of linked people after another prefix was configured.",
    discussion: """
      To be run while no service runs, after xmatters.externalKeyPrefix was changed. It can be run again when it was broken off. \
      A dry run works beside a running service and writes nothing anywhere.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Option(name: .customLong("from"), help: "The prefix that the keys have now.")
  var former: String

  @Flag(help: "Counts what would be rewritten.")
  var dryRun = false

  func validate() throws {
    if former.isEmpty { throw ValidationError("--from must not be empty.") }
  }

  func run() async throws {
    let assembly = try options.assembly(level: .critical)
    let (former, dryRun) = (former, dryRun)
    let report = try await stoppingOnFailure { () throws(Failure) in
      try await Foreground.migrateKeys(assembly, from: former, isDryRun: dryRun)
    }
    print("\(dryRun ? "To be rewritten" : "Rewritten"): \(report.rewritten)")
    print("Carry the new prefix already: \(report.alreadyDone)")
    print("Left alone, with another key or none: \(report.leftAlone)")
    print("Linked and gone from xMatters: \(report.missing)")
  }
}
