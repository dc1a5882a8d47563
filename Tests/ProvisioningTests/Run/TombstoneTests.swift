import ProvisioningRules
import Reconciler
import ProvisioningModel
import SynchronizationJob
import TestSupport
import Testing

@Suite("What was let go on purpose is not taken up again by a listing")
struct TombstoneTests {
  @Test("Given a user who left, was unlinked and activated by hand, full cycles leave the person active")
  func unlinked() async throws {
    let rig = JobRig()
    rig.hire(.sample(1))
    try await rig.runCycle()
    rig.directory.unassign(.sample(1))
    try await rig.runCycle()
    #expect(try await rig.state.unlink(.sample(1)))
    let id = try #require(rig.target.people(withKey: "entra:" + ObjectID.sample(1).rawValue).first?.id)
    rig.target.change(id) { $0.attributes[.status] = PersonStatus.active }
    _ = rig.target.takeWrites()
    for _ in 1...2 { try await rig.runCycle() }
    #expect(rig.target.writes.isEmpty && rig.state.allLinks.isEmpty)
  }

  @Test("Given a user in scope who was unlinked, the next run matches the same person again")
  func matchedAgain() async throws {
    let rig = JobRig()
    rig.hire(.sample(1))
    try await rig.runCycle()
    let person = try #require(rig.state.allLinks[.sample(1)]?.personID)
    #expect(try await rig.state.unlink(.sample(1)))
    try await rig.runCycle()
    #expect(rig.state.allLinks[.sample(1)]?.personID == person && rig.target.people.count == 1)
    #expect(try await rig.state.tombstones().isEmpty)
  }

  @Test("Given a user in scope who was unlinked and renamed meanwhile, it stays the same person")
  func renamed() async throws {
    let rig = JobRig()
    rig.hire(.sample(1))
    try await rig.runCycle()
    let person = try #require(rig.state.allLinks[.sample(1)]?.personID)
    #expect(try await rig.state.unlink(.sample(1)))
    rig.directory.change(.sample(1)) { $0.attributes["userPrincipalName"] = .text("renamed@example.org") }
    for _ in 1...2 { try await rig.runCycle() }
    #expect(rig.state.allLinks[.sample(1)]?.personID == person && rig.target.people.count == 1)
    #expect(rig.target.person(known: person)?.targetName == "renamed@example.org")
  }

  @Test("Given onUnassign none and a restart with Full, a released person is not taken up though it is active")
  func released() async throws {
    var rig = JobRig()
    rig.policy.deprovisioning.onUnassign = .none
    rig.hire(.sample(1))
    try await rig.runCycle()
    rig.directory.unassign(.sample(1))
    try await rig.runCycle()
    try await rig.state.reset(ResetScope.full.state)
    rig.policy.deprovisioning.onUnassign = .disable
    _ = rig.target.takeWrites()
    try await rig.runCycle()
    #expect(rig.target.writes.isEmpty && rig.state.allLinks.isEmpty)
  }

  @Test("Given a group that was unlinked after it left, full cycles leave it alone")
  func group() async throws {
    var rig = JobRig()
    rig.policy.groups = .sample()
    rig.directory.describe(group: .sample(11), ["displayName": .text("group")])
    rig.directory.assign(.sample(11), .group, role: .sample(902))
    try await rig.runCycle()
    #expect(try await rig.state.unlink(.sample(11)))
    rig.directory.unassign(.sample(11))
    _ = rig.target.takeGroupWrites()
    try await rig.runCycle()
    #expect(rig.target.takeGroupWrites().isEmpty && rig.state.allGroupLinks.isEmpty)
  }
}
