import ProvisioningModel
import ProvisioningRules
import Reconciler
import TestSupport
import Testing

/// A directory, an xMatters and a state, and a provisioner between them.
struct World {
  let faults = Faults()
  let directory: ModelDirectory
  let target: ModelTarget
  let state: MemoryState
  let clock = FixedClock()
  let scope: Scope
  let snapshot = PeopleSnapshot()
  let groupSnapshot = GroupSnapshot()
  let groupPolicy: GroupPolicy
  let provisioner: Provisioner
  var removals = RemovalPermission.granted(isCounted: true)

  init(
    mapping: MappingPolicy = .sample(), filters: ScopingFilters = .init(), deprovisioning: Deprovisioning = .init(),
    ownership: OwnershipPolicy = .adopt, repairsDrift: Bool = true, scopeKind: ScopeKind = .assigned,
    nestedGroups: Bool = false, includesDefaultAccess: Bool = false, groups: GroupPolicy? = nil,
    confirmation: ConfirmationPolicy? = nil, serviceAccount: String? = nil
  ) {
    groupPolicy = groups ?? .sample()
    // Where members come and go, one look is enough unless a test is about it.
    let distance = groups == nil ? Duration.seconds(2) : .zero
    let confirmation = confirmation ?? .init(leave: distance, absence: distance)
    directory = ModelDirectory(faults: faults)
    target = ModelTarget(faults: faults)
    state = MemoryState(faults: faults)
    scope = Scope(
      directory: directory, kind: scopeKind, nestedGroups: nestedGroups, includesDefaultAccess: includesDefaultAccess,
      confirmation: .init(leave: .zero), uptime: Uptime { .zero })
    var policy = ProvisioningPolicy(
      mapping: mapping, filters: filters, deprovisioning: deprovisioning, ownership: ownership, groups: groups,
      repairsDrift: repairsDrift, confirmation: confirmation, fingerprint: 1)
    policy.serviceAccount = serviceAccount
    provisioner = Provisioner(
      directory: directory, target: target, state: state, scope: scope, policy: policy,
      clock: clock, snapshot: snapshot, groupSnapshot: groupSnapshot,
      uptime: Uptime { [clock] in clock.now - FixedClock.start })
  }

  /// Makes a user and assigns it.
  func hire(_ user: DirectoryUser) {
    directory.put(user)
    directory.assign(user.id)
  }

  /// Reads who is assigned, then runs once for the user.
  @discardableResult
  func run(_ number: Int) async throws -> RunReport {
    _ = try await scope.refresh()
    return try await provisioner.run(.sample(number), cycleID: nil, removals: removals)
  }

  /// Runs twice, some seconds apart: an absence counts only when it was seen twice.
  @discardableResult
  func runTwice(_ number: Int) async throws -> RunReport {
    try await run(number)
    clock.advance(by: .seconds(5))
    return try await run(number)
  }

  /// Hires and runs; returns the person that came of it, and forgets the writes.
  func provisioned(_ user: DirectoryUser) async throws -> Person {
    hire(user)
    _ = try await scope.refresh()
    let report = try await provisioner.run(user.id, cycleID: nil, removals: removals)
    #expect(report.failure == nil)
    _ = target.takeWrites()
    return try #require(person(of: user.id))
  }

  /// The one person that carries this user's external key.
  func person(of user: ObjectID) -> Person? {
    let people = target.people(withKey: "entra:" + user.rawValue)
    #expect(people.count <= 1)
    return people.first
  }

  // MARK: Groups

  /// Makes a group with these members and assigns it.
  func assign(group number: Int, _ name: String, members: Set<Int>) {
    directory.describe(group: .sample(number), ["displayName": .text(name)])
    directory.setMembers(of: .sample(number), Set(members.map { .sample($0) }))
    directory.assign(.sample(number), .group, role: .sample(902))
  }

  /// Hires these users and runs for each; returns their people.
  func provisioned(_ numbers: Int...) async throws -> [Person] {
    var people: [Person] = []
    for number in numbers { people.append(try await provisioned(.sample(number))) }
    return people
  }

  /// Reads who is assigned, then runs once for the group.
  @discardableResult
  func run(group number: Int) async throws -> RunReport {
    _ = try await scope.refresh()
    return try await provisioner.run(group: .sample(number), policy: groupPolicy, cycleID: nil, removals: removals)
  }

  @discardableResult
  func runTwice(group number: Int) async throws -> RunReport {
    try await run(group: number)
    clock.advance(by: .seconds(5))
    return try await run(group: number)
  }

  /// The one group that carries this group's external key.
  func group(_ number: Int) -> Group? {
    let groups = target.groups(withKey: "entra:" + ObjectID.sample(number).rawValue)
    #expect(groups.count <= 1)
    return groups.first
  }

  func members(_ number: Int) -> Set<MemberID> {
    group(number).map { target.members(known: $0.id) } ?? []
  }

  func link(_ number: Int) -> Link? { state.allLinks[.sample(number)] }
  func escrow(_ number: Int) -> Escrow? { state.allEscrows[.sample(number)] }
}

extension Person {
  func address(of device: String) -> String? {
    devices.first { $0.name == device }?.address
  }
}
