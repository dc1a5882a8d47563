import TestSupport
import Testing
@testable import ProvisioningModel
@testable import ProvisioningRules

@Suite("What is to be done about a group, from what is seen and what was done before")
struct DecideGroupTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var group: GroupObservation
    var entitlement = Entitlement.assigned([])
    var condition: Link.Condition?
    var policy = Deprovisioning()
    var decision: Decision

    var testDescription: String { name }
  }

  private static let present = GroupObservation.present(
    DirectoryGroup(id: .sample(500), attributes: [:], members: []))

  static let cases: [Case] = [
    .init(name: "assigned", group: present, decision: .provision),
    .init(name: "assigned and linked", group: present, condition: .active, decision: .provision),
    .init(name: "assigned again", group: present, condition: .released, decision: .provision),
    .init(name: "restored", group: present, condition: .disabled, decision: .provision),
    .init(name: "never assigned", group: present, entitlement: .notAssigned, decision: .skip(.notInScope)),
    .init(
      name: "Default Access alone", group: present, entitlement: .defaultAccessOnly,
      decision: .skip(.notEffectivelyEntitled)),
    .init(
      name: "unassigned", group: present, entitlement: .notAssigned, condition: .active,
      decision: .disable(.unassigned)),
    .init(
      name: "only Default Access left", group: present, entitlement: .defaultAccessOnly, condition: .active,
      decision: .disable(.unassigned)),
    .init(name: "soft-deleted", group: .softDeleted, condition: .active, decision: .disable(.softDeleted)),
    .init(
      name: "soft-deleted, its assignment gone", group: .softDeleted, entitlement: .notAssigned, condition: .active,
      decision: .disable(.softDeleted)),
    .init(
      name: "soft-deleted before, seen again", group: .softDeleted, condition: .disabled,
      decision: .skip(.alreadyHandled)),
    .init(
      name: "soft-deleted before, hard-deleted afterwards", group: .absent, entitlement: .notAssigned,
      condition: .disabled, decision: .delete(.hardDeleted)),
    .init(
      name: "hard-deleted", group: .absent, entitlement: .notAssigned, condition: .active,
      decision: .delete(.hardDeleted)),
    .init(
      name: "unassigned first, hard-deleted afterwards", group: .absent, entitlement: .notAssigned,
      condition: .released, decision: .skip(.alreadyHandled)),
    .init(name: "deleted and never provisioned", group: .absent, decision: .skip(.notActiveInSource)),
    .init(
      name: "unassigned, to be deleted", group: present, entitlement: .notAssigned, condition: .active,
      policy: .init(onUnassign: .delete), decision: .delete(.unassigned)),
    .init(
      name: "unassigned, to be left", group: present, entitlement: .notAssigned, condition: .active,
      policy: .init(onUnassign: .none), decision: .release(.unassigned)),
    .init(
      name: "soft-deleted, to be left", group: .softDeleted, condition: .active, policy: .init(onSoftDelete: .none),
      decision: .skip(.alreadyHandled)),
    .init(
      name: "hard-deleted, to be disabled", group: .absent, condition: .active,
      policy: .init(onHardDelete: .disable), decision: .disable(.hardDeleted)),
  ]

  @Test("The table", arguments: cases)
  func table(_ row: Case) {
    let decision = decide(
      leaveReason(row.group, entitlement: row.entitlement, isProvenDeleted: true), entitlement: row.entitlement,
      condition: row.condition,
      policy: row.policy)
    #expect(decision == row.decision)
  }
}
