import Reconciler
import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

/// A mapping of the roles, and what comes of the assignments of app roles.
private struct RolesRow: Sendable, CustomTestStringConvertible {
  var row: String
  var source: String
  var kind = ScopeKind.assigned
  /// What the person has with these assignments, one set after the other.
  var steps: [(assigned: [Int], roles: [String])]

  var testDescription: String { row }
}

/// docs/reference/entra-provisioning.md, "Roles and references".
@Suite("Roles, row by row")
struct RolesReferenceTests {
  private static let table: [RolesRow] = [
    .init(
      row: "roles as they are assigned: added, replaced, removed", source: "[appRoleAssignments]",
      steps: [
        ([901], ["Company Admin"]), ([901, 902], ["Company Admin", "Group Supervisor"]),
        ([902], ["Group Supervisor"]),
      ]),
    .init(
      row: "SingleAppRoleAssignment: one of them", source: "SingleAppRoleAssignment([appRoleAssignments])",
      steps: [([902], ["Group Supervisor"]), ([901], ["Company Admin"]), ([901, 902], ["Company Admin"])]),
    .init(
      row: "AppRoleAssignmentsComplex", source: "AppRoleAssignmentsComplex([appRoleAssignments])",
      steps: [([901, 902], ["Company Admin", "Group Supervisor"]), ([902], ["Group Supervisor"])]),
    .init(
      row: "AssertiveAppRoleAssignmentsComplex: removed roles go",
      source: "AssertiveAppRoleAssignmentsComplex([appRoleAssignments])",
      steps: [([901, 902], ["Company Admin", "Group Supervisor"]), ([902], ["Group Supervisor"])]),
    .init(
      row: "AppRoleAssignments: their names", source: "AppRoleAssignments([appRoleAssignments])",
      steps: [([901, 902], ["Company Admin", "Group Supervisor"]), ([902], ["Group Supervisor"])]),
    .init(
      row: "with all users in scope: roles of those who have any", source: "[appRoleAssignments]", kind: .all,
      steps: [([901], ["Company Admin"]), ([], ["Standard User"])]),
    .init(
      row: "with all users in scope, by their names", source: "AppRoleAssignments([appRoleAssignments])",
      kind: .all, steps: [([901], ["Company Admin"]), ([], ["Standard User"])]),
  ]

  @Test("Given assignments, the person has the roles that they give, as a whole", arguments: table)
  private func roles(_ row: RolesRow) async throws {
    let world = World(
      mapping: .sample(
        AttributeMapping.defaults(replacing: .sample("roles", row.source)),
        roleMap: [
          ("admin", ["Company Admin"]), ("Administrators", ["Company Admin"]), ("Operators", ["Group Supervisor"]),
        ]),
      scopeKind: row.kind)
    world.directory.put(.sample(1))
    for (assigned, roles) in row.steps {
      for role in assigned { world.directory.assign(.sample(1), role: .sample(role)) }
      for role in [901, 902] where !assigned.contains(role) {
        world.directory.unassign(.sample(1), role: .sample(role))
      }
      #expect(try await world.run(1).failure == nil)
      #expect(Set(world.person(of: .sample(1))?.attributes[.roles]?.list ?? []) == Set(roles), "\(assigned)")
    }
  }
}
