import Reconciler
import HTTPTransport
import MicrosoftGraph
import ProvisioningModel
import ProvisioningRules
import XMatters

/// Tests the connection to both sides, step by step, and writes nothing anywhere.
package struct ConnectionCheck: Sendable {
  package enum Result: Hashable, Sendable {
    case fine(String)
    case failed(String, advice: String)
  }

  package struct Step: Hashable, Sendable {
    package var name: String
    package var result: Result
  }

  let assembly: Assembly

  package init(_ assembly: Assembly) {
    self.assembly = assembly
  }

  /// - Parameter report: Called for each step as it ends.
  /// - Returns: Whether every step went well.
  package func run(report: (Step) -> Void) async -> Bool {
    var allFine = true
    func step(_ name: String, _ body: () async throws(Failure) -> String) async {
      do throws(Failure) {
        report(Step(name: name, result: .fine(try await body())))
      } catch {
        allFine = false
        report(Step(name: name, result: .failed(error.reason, advice: error.advice)))
      }
    }
    await checkHere(step)
    // What is wrong here says nothing of the other sides.
    let isFineHere = allFine
    allFine = true
    await step("directory: sign in") { () throws(Failure) in
      _ = try await assembly.tokens.accessToken()
      return "a token was obtained"
    }
    if allFine { await checkDirectory(step) }
    await checkTarget(step)
    await assembly.client.shutdown()
    return allFine && isFineHere
  }

  typealias StepRunner = (String, () async throws(Failure) -> String) async -> Void

  private func checkDirectory(_ step: StepRunner) async {
    let directory = assembly.directory
    var application: Application?
    await step("directory: application") { () throws(Failure) in
      let found = try await directory.application()
      application = found
      return "\(found.displayName) with \(found.roles.count) app roles"
    }
    guard let application else { return }
    var assignments: [Assignment] = []
    await step("directory: assignments") { () throws(Failure) in
      assignments = try await directory.assignments(to: application)
      let users = assignments.count { $0.principalKind == .user }
      return "\(users) of users, \(assignments.count - users) of groups"
    }
    if let user = assignments.first(where: { $0.principalKind == .user }) {
      await step("directory: read a user") { () throws(Failure) in
        _ = try await directory.user(user.principal)
        return "the first assigned user can be read"
      }
    }
    if let group = assignments.first(where: { $0.principalKind == .group }) {
      await step("directory: read a group's members") { () throws(Failure) in
        let members = try await directory.members(of: group.principal, transitively: false)
        return "\(members.count) in the first assigned group"
      }
      await checkGroup(group.principal, step)
    }
    await step("directory: follow changes") { () throws(Failure) in
      _ = try await directory.changesFromNow(.user)
      _ = try await directory.changesFromNow(.group)
      return "users and groups"
    }
  }

  /// With every attribute that the mapping of groups names.
  private func checkGroup(_ id: ObjectID, _ step: StepRunner) async {
    guard let policy = assembly.settings.policy.groups else { return }
    await step("directory: read a group") { () throws(Failure) in
      guard case .present(let group) = try await assembly.directory.group(id) else { return "it has been deleted" }
      let membership = DesiredMembership(of: group.members, links: [], recorded: [])
      _ = try DesiredGroup(group, membership: membership, policy: policy, now: assembly.clock.now)
      return "the first assigned group has a name for xMatters"
    }
  }

  private func checkTarget(_ step: StepRunner) async {
    let target = assembly.target
    let policy = assembly.settings.policy.mapping
    var catalogue: Catalogue?
    await step("xMatters: sign in") { () throws(Failure) in
      let found = try await target.catalogue(refreshing: true)
      catalogue = found
      return "\(found.sites.count) sites, \(found.roles.count) roles, \(found.devices.count) device names"
    }
    guard let catalogue else { return }
    await step("xMatters: read people") { () throws(Failure) in
      // As Entra's own test does: an object that does not exist must be answered with an empty list.
      _ = try await target.people(where: .targetName, equals: "rollcall-connection-test")
      return "permitted"
    }
    if assembly.settings.policy.groups != nil {
      await step("xMatters: read groups") { () throws(Failure) in
        _ = try await target.group(named: "rollcall-connection-test")
        return "permitted"
      }
    }
    await step("xMatters: default site") { () throws(Failure) in
      guard catalogue.siteID(policy.defaultSite) != nil else {
        throw Failure(
          .escrow, .schemaAttributeNotFound, "xMatters has no site '\(policy.defaultSite)'.",
          advice: "Create it in xMatters, or correct xmatters.defaultSite.")
      }
      return policy.defaultSite
    }
    await step("xMatters: roles") { () throws(Failure) in
      let names = Set(policy.defaultRoles + policy.roleMap.flatMap(\.roles))
      let unknown = names.subtracting(catalogue.roles).sorted()
      guard unknown.isEmpty else {
        throw Failure(
          .escrow, .schemaAttributeNotFound,
          "xMatters has no role \(unknown.map { "'\($0)'" }.joined(separator: ", ")).",
          advice: "Create it in xMatters, or correct xmatters.defaultRoles and xmatters.roleMap.")
      }
      return names.sorted().joined(separator: ", ")
    }
    await step("xMatters: device names") { () throws(Failure) in
      let names = policy.mappings.compactMap { mapping -> String? in
        if case .device(let name) = mapping.target { name } else { nil }
      }
      let unknown = names.filter { catalogue.devices[$0] == nil }
      guard unknown.isEmpty else {
        throw Failure(
          .escrow, .schemaAttributeNotFound,
          "xMatters has no device name \(unknown.map { "'\($0)'" }.joined(separator: ", ")).",
          advice: "Create it in xMatters, or correct the mapping of devices.")
      }
      return names.joined(separator: ", ")
    }
  }
}
