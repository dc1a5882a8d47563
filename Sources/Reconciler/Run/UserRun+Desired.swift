import Expressions
import ProvisioningModel
import ProvisioningRules

// What the person ought to be, with everything that has to be looked up for it.

extension UserRun {
  func desiredPerson(
    _ source: SourceAttributes, taken: [TargetAttribute: Set<String>] = [:]
  ) async throws(Failure) -> DesiredPerson {
    let policy = provisioner.policy.mapping
    var surroundings = DesiredPersonBuilder.Surroundings(
      catalogue: try await provisioner.target.catalogue(refreshing: false), supervisor: nil, now: provisioner.clock.now,
      taken: taken, isLinked: linkBefore != nil)
    if let manager = source.user.manager, let link = try await provisioner.state.link(manager),
      await !provisioner.snapshot.isMissing(link.personID), !provisioner.serviceAccount.isOf(link.personID)
    {
      surroundings.supervisor = link.personID
    }
    do throws(Failure) {
      return try DesiredPersonBuilder.desired(source, policy: policy, surroundings: surroundings)
    } catch  where error.code == .schemaAttributeNotFound {
      // The site or role may have been made a moment ago.
      surroundings.catalogue = try await provisioner.target.catalogue(refreshing: true)
      if policy.createsMissingSites,
        let site = DesiredPersonBuilder.missingSite(source, policy: policy, surroundings: surroundings)
      {
        try await provisioner.target.createSite(named: site, like: policy.defaultSite)
        surroundings.catalogue = try await provisioner.target.catalogue(refreshing: false)
      }
      return try DesiredPersonBuilder.desired(source, policy: policy, surroundings: surroundings)
    }
  }

  /// With values that no other person in xMatters has, where a mapping asks for one (SelectUniqueValue).
  func withUniqueValues(
    _ desired: DesiredPerson, _ source: SourceAttributes
  ) async throws(Failure) -> DesiredPerson {
    var desired = desired
    var taken: [TargetAttribute: Set<String>] = [:]
    for mapping in provisioner.policy.mapping.mappings where mapping.source.selectsUniqueValue {
      while let value = desired.initial[mapping.target]?.text, try await isTaken(value, for: mapping.target),
        taken[mapping.target, default: []].insert(value).inserted
      {
        desired = try await desiredPerson(source, taken: taken)
      }
    }
    return desired
  }

  private func isTaken(_ value: String, for attribute: TargetAttribute) async throws(Failure) -> Bool {
    try await provisioner.target.people(where: attribute, equals: value).contains {
      Owner(of: $0, for: user, policy: provisioner.policy.mapping) != .thisObject
    }
  }
}
