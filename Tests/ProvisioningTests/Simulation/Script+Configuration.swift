import ProvisioningModel
import ProvisioningRules
import Reconciler
import TestSupport

// What an operator changes between two starts.

extension Script {
  mutating func reconfigure() async throws {
    simulation.end()
    var options = simulation.options
    let home = Application.sample.id
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      options.policy.deprovisioning.onUnassign = chance(0.5) ? .disable : .delete
      options.policy.deprovisioning.onHardDelete = chance(0.5) ? .disable : .delete
      note("deprovisioning changes")
    case 1:
      options.policy.filters = options.policy.filters.filters.isEmpty ? try Trial.filters() : .init()
      note("filters change")
    case 2:
      options.policy.mapping.roleMap =
        [
          Trial.roleMap, [("admin", ["Company Admin"])], [("admin", ["Company Admin", "Group Supervisor"])], [],
        ].randomElement(using: &random) ?? Trial.roleMap
      note("the role map changes")
    case 3 where simulation.state.storedWatermark != nil:
      // Keys are rewritten of whoever is linked; before a cycle has ended that is not everybody.
      let former = options.policy.mapping.externalKeyPrefix
      options.policy.mapping.externalKeyPrefix = former == "entra:" ? "aad:" : "entra:"
      try await migrateKeys(from: former, to: options.policy.mapping.externalKeyPrefix)
      options.identity?.prefix = options.policy.mapping.externalKeyPrefix
      note("the prefix changes")
    case 4:
      options.identity?.host = "address\(number()).xmatters.com"
      beginRecovery()
      note("xMatters has another address")
    default:
      // Nothing may happen until it is taken back.
      simulation.directory.setApplication(.sample(899))
      simulation.start()
      _ = simulation.target.takeWrites()
      try await simulation.pass(.seconds(3600))
      for write in simulation.target.takeWrites() { watch.note("\(write), although the application is another one") }
      simulation.end()
      simulation.directory.setApplication(home)
      note("the application was another one for a while")
    }
    options.policy.fingerprint &+= 1
    simulation.options = options
    watch.reconfigure(options.policy)
    look()
    simulation.start()
  }

  /// Whatever fails, it is done again until it is done.
  private func migrateKeys(from former: String, to prefix: String) async throws {
    for _ in 0..<200 {
      do {
        return try await simulation.migrateKeys(from: former, to: prefix)
      } catch is Failure {
        try await simulation.pass(.seconds(600))
      }
    }
  }

  /// From here on those who leave are disabled, as everywhere else.
  mutating func settleConfiguration() async throws {
    simulation.end()
    simulation.options.policy.deprovisioning = .init()
    simulation.options.policy.fingerprint &+= 1
    watch.reconfigure(simulation.options.policy)
    simulation.start()
  }
}
