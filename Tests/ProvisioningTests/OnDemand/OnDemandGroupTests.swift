import ProvisioningModel
import Reconciler
import SynchronizationJob
import TestSupport
import Testing

@Suite("Provision on demand: groups that are provisioned")
struct OnDemandGroupTests {
  private let rig: JobRig

  init() {
    var rig = JobRig()
    rig.policy = ProvisioningPolicy(mapping: .sample(), groups: .sample(), fingerprint: 1)
    self.rig = rig
    for number in 1...3 { rig.directory.put(.sample(number)) }
    rig.directory.describe(group: Self.group, ["displayName": .text("On call")])
    rig.directory.setMembers(of: Self.group, [.sample(1), .sample(2), .sample(3)])
    rig.directory.assign(Self.group, .group, role: .sample(902))
  }

  private static let group = ObjectID.sample(500)
  private static let steps: [ProvisioningLogEntry.StepKind] = [.import, .scoping, .matching, .processing, .export]

  /// - Returns: The entry of the group, which comes after those of its members.
  private func provision(as kind: ObjectKind = .group, dryRun: Bool = false) async throws -> ProvisioningLogEntry {
    let entry = try #require(try await rig.provision([JobSubject(Self.group, kind)], dryRun: dryRun).last)
    #expect(entry.objectID == Self.group && entry.kind == .group)
    #expect(entry.steps.map(\.kind) == Self.steps)
    return entry
  }

  private var made: Group? { rig.target.groups(withKey: "entra:" + Self.group.rawValue).first }

  @Test("Given a new group, its members are made, then the group with them; each of the five steps has its details")
  func create() async throws {
    let entries = try await rig.provision([JobSubject(Self.group, .group)])
    #expect(entries.map(\.objectID) == [.sample(1), .sample(2), .sample(3), Self.group])
    #expect(entries.allSatisfy { $0.action == .create && $0.status == .success })
    let entry = try #require(entries.last)
    #expect(entry.steps.map(\.kind) == Self.steps && entry.steps.allSatisfy { $0.status == .success })
    #expect(entry.steps[0].details["displayName"] == "On call" && entry.steps[0].details["members"] == "3")
    #expect(entry.steps[1].details["Assigned"] == "True" && entry.steps[1].details["IsActive"] == "True")
    #expect(entry.steps[1].description.contains("Operators"))
    #expect(entry.steps[2].details == ["targetName": "On call"])
    #expect(
      entry.steps[3].details == [
        "targetName": "On call", "status": "ACTIVE", "groupType": "BROADCAST", "members": "3",
        "membersNotProvisioned": "0",
      ])
    #expect(entry.modifiedProperties.count { $0.name.hasPrefix("members.") } == 3)
    let made = try #require(made)
    #expect(rig.target.members(known: made.id).count == 3)
    #expect(rig.state.entries.contains { $0.id == entry.id })
  }

  @Test("Given a dry run, the same is told, and nothing is sent or stored")
  func dryRun() async throws {
    let entry = try await provision(dryRun: true)
    #expect(entry.action == .create && entry.modifiedProperties.count { $0.name.hasPrefix("members.") } == 3)
    #expect(rig.target.writes.isEmpty && rig.target.takeGroupWrites().isEmpty)
    #expect(rig.state.allGroupLinks.isEmpty && rig.state.entries.isEmpty)
  }

  @Test("Given a group that is equal, it says so after reading both sides")
  func equal() async throws {
    _ = try await provision()
    let reads = rig.target.faults.calls(.groupMembers)
    let entry = try await provision()
    #expect(entry.action == .other && entry.status == .skipped)
    #expect(entry.steps[4].details["SkipReason"] == "RedundantExport")
    #expect(rig.target.faults.calls(.groupMembers) > reads)
  }

  @Test("Given a group that was changed by hand, it is put right whatever was last applied")
  func drift() async throws {
    _ = try await provision()
    let id = try #require(made?.id)
    let gone = try #require(rig.target.members(known: id).first)
    rig.target.changeMembers(of: id) { $0.remove(gone) }
    rig.target.changeGroup(id) { $0.attributes[.targetName] = "Scribble" }
    let entry = try await provision()
    #expect(entry.action == .update && entry.steps[2].details["groupId"] == id.rawValue)
    #expect(
      entry.modifiedProperties == [
        .init(name: "targetName", oldValue: "Scribble", newValue: "On call"),
        .init(name: "members.\(gone)", oldValue: nil, newValue: "member"),
      ])
    #expect(rig.target.members(known: id).count == 3)
  }

  @Test("Given a group that was made by hand, it is adopted, and said to be")
  func adopted() async throws {
    rig.target.putGroup("On call", externalKey: nil)
    let entry = try await provision()
    #expect(entry.action == .update && entry.steps[2].description == "Matched by name.")
    #expect(entry.steps[4].description.hasPrefix("Adopted"))
  }

  /// A group in some state, and what on demand makes of it.
  struct Leaver: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var happens: @Sendable (ModelDirectory) -> Void
    var action: ProvisioningLogEntry.Action
  }

  static let leavers = [
    Leaver(testDescription: "unassigned", happens: { $0.unassign(group) }, action: .disable),
    Leaver(testDescription: "soft-deleted", happens: { $0.delete(group: group, forGood: false) }, action: .disable),
    Leaver(testDescription: "hard-deleted", happens: { $0.delete(group: group, forGood: true) }, action: .delete),
  ]

  @Test(
    "Given a provisioned group that has left in any way, on demand takes it out, whether it is known to be a group or not",
    arguments: leavers, ObjectKind.allCases)
  func leaving(_ leaver: Leaver, as kind: ObjectKind) async throws {
    _ = try await provision()
    leaver.happens(rig.directory)
    let planned = try await provision(as: kind, dryRun: true)
    #expect(planned.action == leaver.action && rig.target.removals.isEmpty)
    let entry = try await provision(as: kind)
    #expect(entry.action == leaver.action && entry.status == .success && entry.failure == nil)
    #expect(made?.attributes[.status] == (leaver.action == .delete ? nil : "INACTIVE"))
  }

  @Test("Given a group never provisioned that has left, nothing is made and the reason is told", arguments: leavers)
  func neverProvisioned(_ leaver: Leaver) async throws {
    leaver.happens(rig.directory)
    let entry = try await provision()
    let isUnknown = leaver.action == .delete
    #expect(entry.status == (isUnknown ? .failure : .skipped))
    #expect(entry.failure?.code == (isUnknown ? .importSkipped : nil))
    #expect(rig.target.groups.isEmpty && rig.state.allEscrows.isEmpty)
  }

  @Test("Given a name that is taken, the failure stands at the step where it happened")
  func failure() async throws {
    rig.target.put([.targetName: .text("On call")])
    let entry = try await provision()
    #expect(entry.status == .failure && entry.failure?.code == .conflict)
    #expect(entry.steps.map(\.status) == [.success, .success, .success, .success, .failure])
    #expect(entry.modifiedProperties.contains { $0.name == "targetName" })
  }

  @Test("Given that groups are not provisioned, a group is its members alone")
  func off() async throws {
    var rig = rig
    rig.policy.groups = nil
    let entries = try await rig.provision([JobSubject(Self.group, .group)])
    #expect(entries.map(\.kind) == [.user, .user, .user] && rig.target.groups.isEmpty)
  }

  @Test("Given a service before its first cycle, the group is provisioned all the same, and the cycle finds it equal")
  func beforeTheFirstCycle() async throws {
    _ = try await provision()
    #expect(rig.state.storedWatermark == nil)
    _ = rig.target.takeGroupWrites()
    try await rig.runCycle()
    #expect(rig.target.takeGroupWrites().isEmpty)
  }
}
