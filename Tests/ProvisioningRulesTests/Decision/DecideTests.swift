import TestSupport
import Testing
@testable import ProvisioningModel
@testable import ProvisioningRules

/// One row of the table: what is seen, what was done before, and what is to be done by default.
struct LeaveCase: Sendable, CustomTestStringConvertible {
  var name: String
  var user: UserObservation
  var entitlement = Entitlement.assigned([])
  var passesFilters = true
  var isProvenDeleted = true
  var condition: Link.Condition?
  var policy = Deprovisioning()
  var decision: Decision

  var testDescription: String { name }

  func decided() -> Decision {
    decide(
      leaveReason(
        user, entitlement: entitlement, passesFilters: passesFilters, isProvenDeleted: isProvenDeleted),
      entitlement: entitlement, condition: condition, policy: policy)
  }
}

private let enabled = UserObservation.present(.sample(1))
private let accountDisabled = UserObservation.present(.sample(1, enabled: false))

@Suite("What is to be done about a user, from what is seen and what was done before")
struct DecideTests {
  static let orders: [LeaveCase] = [
    .init(
      name: "soft-deleted first, hard-deleted afterwards", user: .absent, condition: .disabled,
      decision: .delete(.hardDeleted)),
    .init(
      name: "soft-deleted first, and its assignment gone with it, hard-deleted afterwards", user: .absent,
      entitlement: .notAssigned, condition: .disabled, decision: .delete(.hardDeleted)),
    .init(
      name: "soft-deleted first, then unassigned: still managed until it is gone", user: .softDeleted,
      entitlement: .notAssigned, condition: .disabled, decision: .skip(.alreadyHandled)),
    .init(
      name: "disabled first, soft-deleted afterwards", user: .softDeleted, condition: .disabled,
      decision: .skip(.alreadyHandled)),
    .init(
      name: "disabled first, seen again", user: accountDisabled, condition: .disabled,
      decision: .skip(.alreadyHandled)),
    .init(
      name: "disabled first, unassigned afterwards: no longer managed", user: accountDisabled,
      entitlement: .notAssigned, condition: .disabled, decision: .disable(.unassigned)),
    .init(
      name: "disabled first, filtered out afterwards", user: accountDisabled, passesFilters: false,
      condition: .disabled, decision: .disable(.filteredOut)),
    .init(
      name: "unassigned first, seen again", user: enabled, entitlement: .notAssigned, condition: .released,
      decision: .skip(.alreadyHandled)),
    .init(
      name: "unassigned first, disabled afterwards", user: accountDisabled, entitlement: .notAssigned,
      condition: .released, decision: .skip(.alreadyHandled)),
    .init(name: "unassigned first, assigned again", user: enabled, condition: .released, decision: .provision),
    .init(
      name: "unassigned first, assigned again while disabled", user: accountDisabled, condition: .released,
      decision: .skip(.alreadyHandled)),
    .init(name: "enabled again", user: enabled, condition: .disabled, decision: .provision),
    .init(name: "in scope and provisioned", user: enabled, condition: .active, decision: .provision),
  ]

  static let strangers: [LeaveCase] = [
    .init(name: "in scope and never provisioned", user: enabled, decision: .provision),
    .init(name: "never assigned", user: enabled, entitlement: .notAssigned, decision: .skip(.notInScope)),
    .init(
      name: "Default Access only", user: enabled, entitlement: .defaultAccessOnly,
      decision: .skip(.notEffectivelyEntitled)),
    .init(name: "kept out by a filter", user: enabled, passesFilters: false, decision: .skip(.notInScope)),
    .init(name: "assigned but disabled", user: accountDisabled, decision: .skip(.notActiveInSource)),
    .init(name: "assigned but in the recycle bin", user: .softDeleted, decision: .skip(.notActiveInSource)),
    .init(name: "assigned but gone", user: .absent, decision: .skip(.notActiveInSource)),
    .init(
      name: "gone and never assigned", user: .absent, entitlement: .notAssigned,
      decision: .skip(.notActiveInSource)),
  ]

  @Test("Given one event after another, the order decides", arguments: orders)
  func orderOfEvents(_ row: LeaveCase) {
    #expect(row.decided() == row.decision)
  }

  @Test("Given a user who was never provisioned, no person is removed", arguments: strangers)
  func neverProvisioned(_ row: LeaveCase) {
    #expect(row.decided() == row.decision)
  }

  @Test("Given an action for one way to leave, only that way follows it", arguments: LeaveAction.allCases)
  func configured(_ action: LeaveAction) {
    let ways: [(WritableKeyPath<Deprovisioning, LeaveAction>, UserObservation, Entitlement, Bool, LeaveReason)] = [
      (\.onUnassign, enabled, .notAssigned, true, .unassigned),
      (\.onUnassign, enabled, .assigned([]), false, .filteredOut),
      (\.onDisable, accountDisabled, .assigned([]), true, .accountDisabled),
      (\.onSoftDelete, .softDeleted, .assigned([]), true, .softDeleted),
      (\.onHardDelete, .absent, .assigned([]), true, .hardDeleted),
    ]
    for (way, user, entitlement, passesFilters, reason) in ways {
      var policy = Deprovisioning(onUnassign: .none, onDisable: .none, onSoftDelete: .none, onHardDelete: .none)
      policy[keyPath: way] = action
      let seen = leaveReason(user, entitlement: entitlement, passesFilters: passesFilters, isProvenDeleted: true)
      let decision = decide(seen, entitlement: entitlement, condition: .active, policy: policy)
      let expected: Decision =
        switch (action, reason) {
        case (.disable, _): .disable(reason)
        case (.delete, _): .delete(reason)
        case (.none, .unassigned), (.none, .filteredOut), (.none, .hardDeleted): .release(reason)
        case (.none, _): .skip(.alreadyHandled)
        }
      #expect(decision == expected, "\(reason) with \(action)")
    }
  }

  @Test(
    "Given a user who is missing and not proven to be deleted, the person is at most disabled, and never released",
    arguments: LeaveAction.allCases)
  func missing(onHardDelete: LeaveAction) {
    let policy = Deprovisioning(onHardDelete: onHardDelete)
    let reason = leaveReason(.absent, entitlement: .notAssigned, passesFilters: true, isProvenDeleted: false)
    #expect(reason == .missing)
    let active = decide(reason, entitlement: .notAssigned, condition: .active, policy: policy)
    #expect(active == (onHardDelete == .none ? .skip(.alreadyHandled) : .disable(.missing)))
    let disabled = decide(reason, entitlement: .notAssigned, condition: .disabled, policy: policy)
    #expect(disabled == .skip(.alreadyHandled))
  }

  @Test("Given any state of affairs, a user who never was ours is never removed or released")
  func unlinkedIsNeverTouched() {
    for user in [enabled, accountDisabled, .softDeleted, .absent] {
      for entitlement in [Entitlement.assigned([]), .defaultAccessOnly, .notAssigned] {
        for passesFilters in [true, false] {
          for action in LeaveAction.allCases {
            let policy = Deprovisioning(
              onUnassign: action, onDisable: action, onSoftDelete: action, onHardDelete: action)
            let reason = leaveReason(
              user, entitlement: entitlement, passesFilters: passesFilters, isProvenDeleted: true)
            let decision = decide(reason, entitlement: entitlement, condition: nil, policy: policy)
            switch decision {
            case .provision, .skip: break
            case .disable, .delete, .release: Issue.record("\(decision) for \(user) \(entitlement)")
            }
          }
        }
      }
    }
  }
}
