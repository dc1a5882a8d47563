import TestSupport
import Testing
@testable import ProvisioningModel
@testable import Reconciler

@Suite("Groups in cycles, plans and over time")
struct GroupJobTests {
  private static let policy = ProvisioningPolicy(mapping: .sample(), groups: .sample(), fingerprint: 1)

  private func assign(_ group: Int, _ name: String, _ members: ClosedRange<Int>, in directory: ModelDirectory) {
    directory.describe(group: .sample(group), ["displayName": .text(name)])
    directory.setMembers(of: .sample(group), Set(members.map { .sample($0) }))
    directory.assign(.sample(group), .group, role: .sample(902))
  }

  private func members(_ group: Int, _ target: ModelTarget) -> Set<MemberID> {
    target.groups(withKey: "entra:" + ObjectID.sample(group).rawValue).first.map { target.members(known: $0.id) } ?? []
  }

  @Test("A plan shows groups and their members, writes nothing, and is empty once it is carried out")
  func plan() async throws {
    var rig = JobRig()
    rig.policy = Self.policy
    for number in 1...20 { rig.directory.put(.sample(number)) }
    assign(500, "On call", 1...20, in: rig.directory)
    assign(501, "Night", 1...5, in: rig.directory)
    let planned = try await rig.plan()
    #expect(rig.target.takeGroupWrites().isEmpty && rig.state.allGroupLinks.isEmpty)
    let groups = planned.changes.filter { $0.kind == .group }
    #expect(groups.map(\.targetName) == ["Night", "On call"] && groups.allSatisfy { $0.action == .create })
    #expect(groups.map { $0.modifiedProperties.count { $0.name.hasPrefix("members.") } } == [5, 20])
    _ = try await rig.runCycle()
    #expect(members(500, rig.target).count == 20 && members(501, rig.target).count == 5)
    #expect(try await rig.plan().changes.isEmpty)
    rig.directory.setMembers(of: .sample(501), [.sample(1)])
    let change = try await rig.plan().changes
    #expect(change.map(\.kind) == [.group] && change.first?.action == .update)
  }

  @Test(
    "Over time: members come within seconds of their arrival, leave with their assignment, and a start finds what was not done"
  )
  func story() async throws {
    let simulation = Simulation(seed: 3, options: .init(policy: Self.policy))
    let directory = simulation.directory
    for number in 1...4 { directory.put(.sample(number)) }
    assign(500, "On call", 1...4, in: directory)
    simulation.start()
    try await simulation.pass(.seconds(60))
    #expect(members(500, simulation.target).count == 4)

    directory.put(.sample(5))
    directory.setMembers(of: .sample(500), Set((1...5).map { .sample($0) }))
    simulation.notify([(.group, .sample(500))])
    try await simulation.pass(.seconds(10))
    #expect(members(500, simulation.target).count == 5)

    directory.setMembers(of: .sample(500), Set((2...5).map { .sample($0) }))
    simulation.notify([(.group, .sample(500))])
    try await simulation.pass(.seconds(10))
    #expect(members(500, simulation.target).count == 4)

    assign(501, "Night", 2...3, in: directory)
    simulation.notify([(.user, .sample(2))])
    try await simulation.pass(.seconds(10))
    #expect(members(501, simulation.target).count == 2, "the assignment shows with any notification")

    directory.describe(group: .sample(500), ["displayName": .text("Day")])
    directory.unassign(.sample(501))
    simulation.crash()
    try await simulation.pass(.seconds(60))
    let groups = simulation.target.groups.values.sorted { $0.name ?? "" < $1.name ?? "" }
    #expect(groups.map(\.name) == ["Day", "Night"])
    #expect(groups.map { $0.attributes[.status] } == ["ACTIVE", "INACTIVE"])
    _ = simulation.target.takeGroupWrites()
    try await simulation.runFullCycle()
    #expect(simulation.target.takeGroupWrites().isEmpty)
  }
}
