import ProvisioningModel
import ProvisioningRules
@testable import Reconciler
import TestSupport
import Testing

private let inOperations: [String: AttributeValue?] = ["department": .text("Operations")]

extension RunReport {
  fileprivate var scoping: ProvisioningLogEntry.Step? { steps.first { $0.kind == .scoping } }
}

@Suite("One run: who is in scope, and what the log says of it")
struct ScopeRunTests {
  private func filtered(_ deprovisioning: Deprovisioning = .init()) throws -> World {
    World(filters: try .operations(), deprovisioning: deprovisioning)
  }

  @Test("Given a user that the filter keeps out, no person is created, and the clause is named")
  func keptOut() async throws {
    let world = try filtered()
    world.hire(.sample(1, changing: ["department": .text("Sales")]))
    let report = try await world.run(1)
    #expect(report.skip == .notInScope && report.entry == nil)
    #expect(world.target.people.isEmpty && world.link(1) == nil)
    let step = try #require(report.scoping)
    #expect(step.status == .skipped)
    #expect(step.description.contains("operations: department EQUALS Operations"))
    #expect(step.details["IsInProvisioningScope"] == "False" && step.details["Assigned"] == "True")
    #expect(step.details["ScopeEvaluationResult"] == "operations: department EQUALS Operations: False")
    #expect(step.details["Assignments"] == "the user itself: Administrators")
    #expect(!"\(step)".contains("Sales"), "no value of the user")
  }

  @Test("Given a user who leaves a filter and comes back, the same person is disabled and active again")
  func leavesFilterAndReturns() async throws {
    let world = try filtered()
    let person = try await world.provisioned(.sample(1, changing: inOperations))
    world.directory.change(.sample(1)) { $0.attributes["department"] = .text("Sales") }
    let left = try await world.run(1)
    #expect(left.entry?.action == .disable)
    #expect(left.entry?.steps.contains { $0.description.contains("department EQUALS Operations") } == true)
    #expect(world.target.takeWrites() == [.init(.modify, person.id, [.status: PersonStatus.inactive])])
    #expect(try await world.run(1).skip == .alreadyHandled)

    world.directory.change(.sample(1)) { $0.attributes["department"] = .text("Operations") }
    try await world.run(1)
    #expect(world.target.writes == [.init(.modify, person.id, [.status: PersonStatus.active])])
    #expect(world.link(1)?.condition == .active)
  }

  @Test(
    "Given a user who leaves a filter, onUnassign says what becomes of the person", arguments: LeaveAction.allCases)
  func leavesFilter(_ action: LeaveAction) async throws {
    let world = try filtered(.init(onUnassign: action, onDisable: .none, onSoftDelete: .none, onHardDelete: .none))
    let person = try await world.provisioned(.sample(1, changing: inOperations))
    world.directory.change(.sample(1)) { $0.attributes["department"] = nil }
    try await world.run(1)
    switch action {
    case .disable: #expect(world.target.person(known: person.id)?.attributes[.status] == PersonStatus.inactive)
    case .delete: #expect(world.target.people.isEmpty)
    case .none: #expect(world.target.writes.isEmpty)
    }
  }

  @Test("Given a filter that cannot be evaluated, the person stays as it is")
  func unanswered() async throws {
    let world = World(
      filters: .init([.init(name: "endless", clauses: [try ScopingClause("jobTitle", .regexMatch, "^(a+)+$")])]))
    _ = try await world.provisioned(.sample(1, changing: ["jobTitle": .text("aaa")]))
    world.directory.change(.sample(1)) {
      $0.attributes["jobTitle"] = .text(String(repeating: "a", count: 5000) + "!")
    }
    let report = try await world.run(1)
    #expect(report.failure?.remedy == .escrow)
    #expect(world.target.writes.isEmpty && world.link(1)?.condition == .active)
  }

  @Test("Given an unassigned user, a filter is not even asked")
  func unassignedFirst() async throws {
    let world = try filtered()
    let person = try await world.provisioned(.sample(1, changing: inOperations))
    world.directory.unassign(.sample(1))
    let report = try await world.run(1)
    #expect(world.target.writes == [.init(.modify, person.id, [.status: PersonStatus.inactive])])
    let step = try #require(report.scoping)
    #expect(step.details["Assigned"] == "False" && step.details["ScopeEvaluationResult"] == nil)
    #expect(step.description.contains("not assigned"))
  }

  @Test("Given several assignments, the log names each: the user's own first, then groups")
  func grounds() async throws {
    let world = World()
    world.directory.put(.sample(1))
    world.directory.setMembers(of: .sample(501), [.sample(1)])
    world.directory.setMembers(of: .sample(500), [.sample(1)])
    world.directory.assign(.sample(501), .group, role: .sample(902))
    world.directory.assign(.sample(500), .group, role: AppRole.defaultAccess)
    world.directory.assign(.sample(1), role: .sample(903))
    world.directory.assign(.sample(1), role: .sample(901))
    let step = try #require(try await world.run(1).scoping)
    #expect(
      step.details["Assignments"]
        == "the user itself: Administrators; the user itself: Viewers; "
        + "group \(ObjectID.sample(500)): Default Access; group \(ObjectID.sample(501)): Operators")
  }

  @Test("Given Default Access only, the log says that this is not enough")
  func defaultAccess() async throws {
    let world = World()
    world.directory.put(.sample(1))
    world.directory.setMembers(of: .sample(500), [.sample(1)])
    world.directory.assign(.sample(500), .group, role: AppRole.defaultAccess)
    let report = try await world.run(1)
    #expect(report.skip == .notEffectivelyEntitled)
    #expect(report.scoping?.details["IsEffectivelyEntitledForProvisioning"] == "False")
    #expect(report.scoping?.description.contains("Default Access only (group \(ObjectID.sample(500))") == true)
  }

  @Test("Given scope all, no user needs an assignment, and roles come from those there are")
  func everybody() async throws {
    let world = World(mapping: .sample(roleMap: [("admin", ["Company Admin"])]), scopeKind: .all)
    world.directory.put(.sample(1))
    world.directory.put(.sample(2))
    world.directory.assign(.sample(2))
    #expect(try await world.run(1).entry?.action == .create)
    #expect(try await world.run(2).entry?.action == .create)
    #expect(world.person(of: .sample(1))?.attributes[.roles] == .list(["Standard User"]))
    #expect(world.person(of: .sample(2))?.attributes[.roles] == .list(["Company Admin"]))
  }

  @Test("Given scope all, who loses the last assignment stays, with the default roles")
  func losesAssignment() async throws {
    let world = World(mapping: .sample(roleMap: [("admin", ["Company Admin"])]), scopeKind: .all)
    let person = try await world.provisioned(.sample(1))
    world.directory.unassign(.sample(1))
    try await world.run(1)
    #expect(world.target.writes == [.init(.modify, person.id, [.roles: .list(["Standard User"])])])
  }

  @Test("Given scope all and a filter, both must let the user through")
  func everybodyFiltered() async throws {
    let world = World(filters: try .operations(), scopeKind: .all)
    world.directory.put(.sample(1, changing: inOperations))
    world.directory.put(.sample(2))
    #expect(try await world.run(1).entry?.action == .create)
    #expect(try await world.run(2).skip == .notInScope)
  }

  @Test("Given scope all, those are listed that filters let through and whose accounts are enabled")
  func listed() async throws {
    let world = World(filters: try .operations(), scopeKind: .all)
    world.directory.put(.sample(1, changing: inOperations))
    world.directory.put(.sample(2))
    world.directory.put(.sample(3, enabled: false, changing: inOperations))
    #expect(try await world.scope.everybody(passing: try .operations()) == [.sample(1)])
    #expect(try await world.scope.everybody(passing: .init()) == [.sample(1), .sample(2)])
    #expect(await world.scope.assigned(among: [.sample(2), .sample(9)]) == [.sample(2), .sample(9)])
  }

  @Test(
    "Given scope all and an id without a person that the directory does not have, it is asked once, and not its recycle bin"
  )
  func stranger() async throws {
    let world = World(scopeKind: .all)
    let live = { try await Urgency.$isLive.withValue(true) { try await world.run(7) } }
    let first = try await live()
    #expect(
      first.failure == nil && first.skip?.concernsUs == true && first.lookAgain == nil, "one more look, seconds later")
    #expect(first.record.entitlement == .unchanged, "nothing is remembered of an id that may be made up")
    let reads = world.faults.calls(.user)
    let second = try await live()
    #expect(second.skip?.concernsUs == false && world.faults.calls(.user) == reads, "not asked again")
    // The look that follows a signal is not live, and finds a user whom a replica has shown late.
    world.directory.put(.sample(7))
    #expect(try await world.run(7).entry?.action == .create)
  }

  @Test("Given scope all and an unknown id that a delta link names, it is asked for again at once")
  func namedStranger() async throws {
    let world = World(scopeKind: .all)
    _ = try await Urgency.$isLive.withValue(true) { try await world.run(7) }
    await world.provisioner.evidence.named([.sample(7)])
    world.directory.put(.sample(7))
    let report = try await Urgency.$isLive.withValue(true) { try await world.run(7) }
    #expect(report.entry?.action == .create)
  }

  @Test("Given a listing of the tenant that breaks, no user is concluded to be gone")
  func brokenListing() async throws {
    let world = World(scopeKind: .all)
    world.directory.put(.sample(1))
    world.faults.plan(.allUsers, .unavailable)
    await #expect(throws: Failure.unavailable) { try await world.scope.everybody(passing: .init()) }
  }

  @Test("Given nested groups, members of all levels are in scope when that is switched on, circles do no harm")
  func nested() async throws {
    for nestedGroups in [false, true] {
      let world = World(nestedGroups: nestedGroups)
      for number in 1...3 { world.directory.put(.sample(number)) }
      world.directory.setMembers(of: .sample(500), [.sample(1), .sample(501)])
      world.directory.setMembers(of: .sample(501), [.sample(2), .sample(502)])
      world.directory.setMembers(of: .sample(502), [.sample(3), .sample(500), .sample(501)])
      world.directory.assign(.sample(500), .group)
      for number in 1...3 { try await world.run(number) }
      #expect(world.target.people.count == (nestedGroups ? 3 : 1))
    }
  }

  @Test(
    "Given nested groups, a change of an inner group has the next read look into all of them"
  )
  func innerGroup() async throws {
    let world = World(nestedGroups: true)
    for number in 1...2 { world.directory.put(.sample(number)) }
    world.directory.setMembers(of: .sample(500), [.sample(501)])
    world.directory.setMembers(of: .sample(501), [.sample(1)])
    world.directory.assign(.sample(500), .group)
    _ = try await world.scope.refresh()
    world.directory.setMembers(of: .sample(501), [.sample(2)])
    #expect(await !world.scope.isAssigned(group: .sample(501)))
    #expect(try await world.scope.refreshAssignments() == [.sample(1), .sample(2)])
    #expect(await !world.scope.hasInnerChange)
    let direct = World()
    #expect(await !direct.scope.isAssigned(group: .sample(501)))
    #expect(await !direct.scope.hasInnerChange)
    #expect(direct.faults.calls(.assignments) == 0, "a group that is none of our business costs nothing")
  }

  @Test("Given Default Access, it is enough when that is configured, with the default roles")
  func defaultAccessIncluded() async throws {
    let world = World(includesDefaultAccess: true)
    world.directory.put(.sample(1))
    world.directory.assign(.sample(1), role: AppRole.defaultAccess)
    #expect(try await world.run(1).entry?.action == .create)
    #expect(world.person(of: .sample(1))?.attributes[.roles] == .list(["Standard User"]))
  }

  @Test("Given several assignments, the person has the roles of all, in the order of the role map, whatever came first")
  func unionOfRoles() async throws {
    for order in [[901, 902], [902, 901]] {
      let world = World(
        mapping: .sample(
          roleMap: [
            ("Operators", ["Group Supervisor", "Standard User"]), ("admin", ["Company Admin", "Standard User"]),
          ]
        ))
      world.directory.put(.sample(1))
      world.directory.setMembers(of: .sample(500), [.sample(1)])
      world.directory.assign(.sample(500), .group, role: .sample(order[0]))
      world.directory.assign(.sample(1), role: .sample(order[1]))
      try await world.run(1)
      #expect(
        world.person(of: .sample(1))?.attributes[.roles]
          == .list(["Group Supervisor", "Standard User", "Company Admin"]))
      // One of the two goes: its roles go with it, the person stays.
      world.directory.unassign(.sample(1))
      try await world.run(1)
      let left = order[0] == 901 ? ["Company Admin", "Standard User"] : ["Group Supervisor", "Standard User"]
      #expect(world.person(of: .sample(1))?.attributes[.roles] == .list(left))
      #expect(world.person(of: .sample(1))?.attributes[.status] == PersonStatus.active)
    }
  }
}
