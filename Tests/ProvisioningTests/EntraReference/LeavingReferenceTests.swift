import Reconciler
import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

/// What happens to user 1, who is provisioned, and what the person sees of each event.
private struct LeavingRow: Sendable, CustomTestStringConvertible {
  var row: String
  var deprovisioning = Deprovisioning()
  var mapping = MappingPolicy.sample()
  var events: [(LeavingEvent, Effect)]

  init(
    _ row: String, by deprovisioning: Deprovisioning = .init(), mapping: MappingPolicy = .sample(),
    _ events: (LeavingEvent, Effect)...
  ) {
    self.row = row
    self.deprovisioning = deprovisioning
    self.mapping = mapping
    self.events = events
  }

  var testDescription: String { "\(row) -> \(events.map { "\($0.1)" }.joined(separator: ", then "))" }
}

/// docs/reference/entra-provisioning.md, "De-provisioning".
@Suite("De-provisioning, row by row")
struct LeavingReferenceTests {
  private static let events: [LeavingRow] = [
    .init("unassigned from the app", (.unassign, .inactive)),
    .init("unassigned from the assigned group", (.unassignGroup, .inactive)),
    .init("left the assigned group", (.leaveGroup, .inactive)),
    .init("falls out of a scoping filter", (.leaveFilter, .inactive)),
    .init("accountEnabled becomes false", (.disable, .inactive)),
    .init("soft-deleted", (.softDelete, .inactive)),
    .init("hard-deleted after the soft delete", (.softDelete, .inactive), (.hardDelete, .deleted)),
    .init("purged at once", (.hardDelete, .deleted)),
    .init("restored from soft-delete", (.softDelete, .inactive), (.restore, .active)),
    .init(
      "unassigned first, soft- and hard-deleted afterwards", (.unassign, .inactive), (.softDelete, .nothing),
      (.hardDelete, .nothing)),
    .init("unassigned first, hard-deleted afterwards", (.unassign, .inactive), (.hardDelete, .nothing)),
  ]

  private static let deleting = Deprovisioning(
    onUnassign: .delete, onDisable: .delete, onSoftDelete: .delete, onHardDelete: .delete)
  private static let withoutStatus = MappingPolicy.sample(AttributeMapping.defaults.filter { $0.target != .status })
  private static let skippingOutOfScope = Deprovisioning(onUnassign: .none)
  private static let neverDeleting = Deprovisioning(onHardDelete: .none)

  private static let settings: [LeavingRow] = [
    .init("no soft-delete in the target, unassigned", by: deleting, (.unassign, .deleted)),
    .init("no soft-delete in the target, falls out of a filter", by: deleting, (.leaveFilter, .deleted)),
    .init("no soft-delete in the target, disabled", by: deleting, (.disable, .deleted)),
    .init("no soft-delete in the target, soft-deleted", by: deleting, (.softDelete, .deleted)),
    .init("IsSoftDeleted taken out of the mappings, unassigned", mapping: withoutStatus, (.unassign, .nothing)),
    .init("IsSoftDeleted taken out of the mappings, disabled", mapping: withoutStatus, (.disable, .nothing)),
    .init(
      "IsSoftDeleted taken out of the mappings, deleted", mapping: withoutStatus, (.softDelete, .nothing),
      (.hardDelete, .deleted)),
    .init("SkipOutOfScopeDeletions, unassigned", by: skippingOutOfScope, (.unassign, .nothing), (.assign, .nothing)),
    .init(
      "SkipOutOfScopeDeletions, falls out of a filter", by: skippingOutOfScope, (.leaveFilter, .nothing),
      (.enterFilter, .nothing)),
    .init(
      "SkipOutOfScopeDeletions, unassigned and deleted afterwards", by: skippingOutOfScope, (.unassign, .nothing),
      (.softDelete, .nothing), (.hardDelete, .nothing)),
    .init("SkipOutOfScopeDeletions, disabled all the same", by: skippingOutOfScope, (.disable, .inactive)),
    .init("Delete not ticked, hard-deleted", by: neverDeleting, (.softDelete, .inactive), (.hardDelete, .nothing)),
    .init("Delete not ticked, purged at once", by: neverDeleting, (.hardDelete, .nothing)),
    .init("a delete on unassign", by: Deprovisioning(onUnassign: .delete), (.unassign, .deleted)),
    .init("a delete on disable", by: Deprovisioning(onDisable: .delete), (.disable, .deleted)),
    .init(
      "a delete on disable, of a user who comes back", by: Deprovisioning(onDisable: .delete), (.disable, .deleted),
      (.enable, .created)),
  ]

  @Test("Given an event in the source, the target sees what the table says", arguments: events)
  private func event(_ row: LeavingRow) async throws {
    try await check(row)
  }

  @Test("Given a setting, the target sees what it says", arguments: settings)
  private func setting(_ row: LeavingRow) async throws {
    try await check(row)
  }

  /// Each event has its effect in one write, and seen once more it has none.
  private func check(_ row: LeavingRow) async throws {
    let world = try await World.beforeLeaving(
      row.deprovisioning, mapping: row.mapping, first: row.events.first?.0)
    for (event, expected) in row.events {
      event.happen(in: world)
      #expect(try await world.runTwice(1).failure == nil, "\(event)")
      let writes = world.target.takeWrites()
      // Of a created person the devices are written, too.
      #expect(effects(of: writes) == (expected == .nothing ? [] : [expected]), "\(event)")
      #expect(expected == .created || writes.count == (expected == .nothing ? 0 : 1), "\(event)")
      try await world.runTwice(1)
      #expect(world.target.takeWrites().isEmpty, "\(event), seen again")
    }
  }

  @Test("IsSoftDeleted in its four cases, mapped to the status -> what the default expression, and its reverse, give")
  func isSoftDeleted() throws {
    for source in [
      #"Switch([IsSoftDeleted], , "False", "ACTIVE", "True", "INACTIVE")"#,
      #"Switch(Not([IsSoftDeleted]), , "True", "ACTIVE", "False", "INACTIVE")"#,
    ] {
      for isSoftDeleted in [true, false] {
        let person = try DesiredPersonBuilder.desired(
          SourceAttributes(user: .sample(1), appRoles: [], isSoftDeleted: isSoftDeleted),
          policy: .sample(AttributeMapping.defaults(replacing: .sample("status", source))),
          surroundings: .init(catalogue: .sample, supervisor: nil, now: FixedClock.start))
        #expect(person.maintained[.status] == (isSoftDeleted ? PersonStatus.inactive : PersonStatus.active))
      }
    }
  }

  @Test("restored from soft-delete -> memberships, too, as far as the directory has restored them")
  func memberships() async throws {
    let world = World(groups: .sample())
    _ = try await world.provisioned(1, 2)
    world.assign(group: 500, "On call", members: [1, 2])
    try await world.run(group: 500)
    let members = world.members(500)
    for event in [LeavingEvent.softDelete, .restore] {
      event.happen(in: world)
      try await world.runTwice(1)
      try await world.run(group: 500)
    }
    #expect(world.members(500) == members && members.count == 2)
    #expect(world.person(of: .sample(1))?.attributes[.status] == PersonStatus.active)
  }
}
