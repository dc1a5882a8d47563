import JSON
import Simulators
import Testing

/// The directory by itself: no clock, no socket.
@Suite struct GraphTenantTests {
  private var tenant = Tenant(seed: 1)

  private static func named(_ name: String) -> [String: JSONValue] {
    ["userPrincipalName": .string("\(name)@contoso.example"), "displayName": .string(name)]
  }

  @Test func theSameSeedMakesTheSameTenant() {
    let tenants = [1, 1, 2].map { Tenant.sample(users: 50, assigned: 20, seed: $0) }
    #expect(tenants[0].userOrder == tenants[1].userOrder)
    #expect(tenants[0].assignments.map(\.id) == tenants[1].assignments.map(\.id))
    #expect(Set(tenants[0].userOrder).isDisjoint(with: tenants[2].userOrder))
    #expect(tenants[0].tenantID != tenants[2].tenantID)
  }

  @Test func idsAreLowerCaseGUIDs() throws {
    let shape = try Regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}")
    let tenant = Tenant.sample(users: 500, assigned: 500)
    for id in tenant.userOrder + tenant.assignments.map(\.id) { #expect(id.wholeMatch(of: shape) != nil) }
  }

  @Test func aSampleHasAsManyAsAskedForAndNoNameTwice() {
    let tenant = Tenant.sample(users: 3000, assigned: 1200)
    #expect(tenant.users.count == 3000)
    #expect(Set(tenant.users.values.compactMap { $0.properties["userPrincipalName"]?.string }).count == 3000)
    #expect(tenant.assignments.map(\.principal) == Array(tenant.userOrder.prefix(1200)))
    #expect(tenant.users.values.allSatisfy { $0.properties["mail"]?.string?.hasSuffix("@contoso.example") ?? false })
  }

  @Test mutating func aUserIsFoundByIDAndNameInAnyCase() {
    let user = tenant.createUser(Self.named("Ada"))
    for name in [user.id, user.id.uppercased(), "ada@contoso.example", "ADA@CONTOSO.EXAMPLE"] {
      #expect(tenant.user(name)?.id == user.id)
    }
    #expect(tenant.user("bela@contoso.example") == nil)
  }

  @Test mutating func aRenamedUserIsFoundByTheNewNameOnly() {
    let user = tenant.createUser(Self.named("ada"))
    tenant.updateUser(user.id, ["userPrincipalName": "adele@contoso.example"])
    #expect(tenant.user("adele@contoso.example")?.id == user.id)
    #expect(tenant.user("ada@contoso.example") == nil)
  }

  @Test mutating func nullTakesAPropertyAwayAndTheRestStays() {
    let user = tenant.createUser(Self.named("ada"))
    tenant.updateUser(user.id, ["displayName": nil, "jobTitle": "Engineer"])
    #expect(tenant.users[user.id]?.properties.keys.contains("displayName") == false)
    #expect(tenant.users[user.id]?.properties["jobTitle"] == "Engineer")
    #expect(tenant.users[user.id]?.properties["userPrincipalName"] == "ada@contoso.example")
  }

  @Test mutating func aDeletedUserCanBeRestoredWithMembershipsAndAssignments() {
    let user = tenant.createUser(Self.named("ada"))
    let group = tenant.createGroup("On call")
    tenant.addMember(user.id, to: group.id)
    _ = tenant.assign(user.id, role: tenant.roles[0].id)
    tenant.softDelete(user.id)
    #expect(tenant.user(user.id) == nil && tenant.user("ada@contoso.example") == nil)
    #expect(tenant.deleted[user.id] != nil)
    let isRestored = tenant.restore(user.id)
    #expect(isRestored)
    #expect(tenant.user("ada@contoso.example")?.id == user.id)
    #expect(tenant.groups[group.id]?.members == [user.id])
    #expect(tenant.assignments.map(\.principal) == [user.id])
  }

  @Test mutating func aPurgedUserLeavesNothing() {
    let user = tenant.createUser(Self.named("ada"))
    let group = tenant.createGroup("On call")
    tenant.addMember(user.id, to: group.id)
    _ = tenant.assign(user.id, role: tenant.roles[0].id)
    tenant.softDelete(user.id)
    let isPurged = tenant.purge(user.id)
    #expect(isPurged)
    #expect(tenant.deleted.isEmpty && tenant.userOrder.isEmpty && tenant.assignments.isEmpty)
    #expect(tenant.groups[group.id]?.members == [])
    let isRestored = tenant.restore(user.id)
    #expect(!isRestored)
  }

  @Test mutating func onlyTheDeletedCanBePurged() {
    let user = tenant.createUser(Self.named("ada"))
    let isPurged = tenant.purge(user.id)
    #expect(!isPurged)
    #expect(tenant.user(user.id) != nil)
  }

  @Test mutating func aNameThatWentToSomebodyElseStaysTheirs() {
    let first = tenant.createUser(Self.named("ada"))
    tenant.softDelete(first.id)
    _ = tenant.restore(first.id)
    let second = tenant.createUser(Self.named("ada"))
    tenant.softDelete(first.id)
    #expect(tenant.user("ada@contoso.example")?.id == second.id)
  }

  @Test(arguments: [
    (links: [[1], [], []], direct: [0, 1], all: [0, 1]),
    (links: [[1], [2], []], direct: [0, 1], all: [0, 1, 2]),
    (links: [[1], [2], [0]], direct: [0, 1], all: [0, 1, 2]),
    (links: [[0], [], []], direct: [0], all: [0]),
    (links: [[1, 2], [2], [1]], direct: [0, 1, 2], all: [0, 1, 2]),
  ])
  func membersOfGroupsInGroups(links: [[Int]], direct: [Int], all: [Int]) {
    var tenant = Tenant(seed: 1)
    let users = (0..<3).map { tenant.createUser(Self.named("user\($0)")).id }
    let groups = (0..<3).map { tenant.createGroup("group\($0)").id }
    for (index, linked) in links.enumerated() {
      tenant.addMember(users[index], to: groups[index])
      for other in linked { tenant.addMember(groups[other], to: groups[index]) }
    }
    let transitive = tenant.members(of: groups[0], transitively: true)
    #expect(Set(transitive).intersection(users) == Set(all.map { users[$0] }))
    #expect(transitive.count == Set(transitive).count)
    let isSelfMember = links[0].contains(0)
    #expect(tenant.members(of: groups[0], transitively: false).count == direct.count + (isSelfMember ? 1 : 0))
  }

  @Test mutating func aMemberIsOnlyOnceInAGroup() {
    let group = tenant.createGroup("On call")
    tenant.addMember("somebody", to: group.id)
    let changes = tenant.changes.count
    tenant.addMember("somebody", to: group.id)
    #expect(tenant.groups[group.id]?.members == ["somebody"])
    #expect(tenant.changes.count == changes)
  }

  @Test mutating func aDeletedGroupTakesItsAssignmentAlong() {
    let group = tenant.createGroup("On call")
    let assignment = tenant.assign(group.id, role: Tenant.defaultAccess)
    #expect(assignment.principalType == "Group")
    tenant.deleteGroup(group.id)
    #expect(tenant.assignments.isEmpty && tenant.groups.isEmpty)
  }

  @Test mutating func unassigningSaysWhoseAssignmentItWas() {
    let assignment = tenant.assign("somebody", role: tenant.roles[0].id)
    let other = tenant.assign("somebody else", role: tenant.roles[1].id)
    let principal = tenant.unassign(assignment.id)
    #expect(principal == "somebody")
    #expect(tenant.assignments.map(\.id) == [other.id])
    let again = tenant.unassign(assignment.id)
    #expect(again == nil)
  }

  @Test mutating func whatChangedIsReportedOnceInOrderByKind() {
    let users = ["ada", "bela", "chidi"].map { tenant.createUser(Self.named($0)).id }
    let start = tenant.changes.count
    let group = tenant.createGroup("On call")
    tenant.updateUser(users[1], ["jobTitle": "Engineer"])
    tenant.addMember(users[0], to: group.id)
    tenant.softDelete(users[0])
    tenant.updateUser(users[1], ["jobTitle": "Lead"])
    #expect(tenant.changed(.user, since: start) == [users[1], users[0]])
    #expect(tenant.changed(.group, since: start) == [group.id])
    #expect(tenant.changed(.user, since: 0) == users)
    #expect(tenant.changed(.user, since: tenant.changes.count) == [])
  }
}
