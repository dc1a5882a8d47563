import TestSupport
import Testing
@testable import ProvisioningModel
@testable import ProvisioningRules
@testable import Reconciler
@testable import SynchronizationJob

@Suite("Restart and unlink, where groups are provisioned")
struct GroupRestartTests {
  private func simulation(users: Int, groups: Int = 1) async throws -> Simulation {
    let policy = ProvisioningPolicy(mapping: .sample(), groups: .sample(), fingerprint: 1)
    let simulation = Simulation(seed: 1, options: .init(policy: policy))
    for number in 1...users {
      simulation.directory.put(.sample(number))
      simulation.directory.assign(.sample(number))
    }
    for number in 500..<(500 + groups) {
      simulation.directory.describe(group: .sample(number), ["displayName": .text("Group \(number)")])
      simulation.directory.setMembers(of: .sample(number), Set((1...users).map { .sample($0) }))
      simulation.directory.assign(.sample(number), .group, role: .sample(902))
    }
    simulation.start()
    try await simulation.pass(.seconds(60))
    _ = simulation.target.takeGroupWrites()
    return simulation
  }

  private func status(_ group: Int, in simulation: Simulation) -> String? {
    simulation.target.groups(withKey: "entra:" + ObjectID.sample(group).rawValue).first?.attributes[.status]
  }

  @Test(
    "Given a restart that breaks links, those of groups come back from the external keys, and nothing is written",
    arguments: [ResetScope.connectorDataStore, .full])
  func links(scope: ResetScope) async throws {
    let simulation = try await simulation(users: 3, groups: 2)
    let (links, members) = (simulation.state.allGroupLinks, simulation.state.allMembers)
    #expect(links.count == 2)
    try await simulation.order { try await $0.pause() }
    try await simulation.order { [state = simulation.state] _ in try await state.reset(scope.state) }
    #expect(simulation.state.allGroupLinks.isEmpty && simulation.state.allMembers.isEmpty)
    try await simulation.order { try await $0.restart(scope) }
    try await simulation.pass(.seconds(60))
    #expect(simulation.state.allGroupLinks == links && simulation.state.allMembers == members)
    #expect(simulation.target.takeGroupWrites().isEmpty)
  }

  @Test("Given a group that was unlinked, the next cycle matches it anew and writes nothing")
  func unlink() async throws {
    let simulation = try await simulation(users: 3)
    let link = try #require(simulation.state.allGroupLinks[.sample(500)])
    try await simulation.order { [state = simulation.state] _ in
      let wasThere = try await state.unlink(.sample(500))
      #expect(wasThere)
    }
    #expect(simulation.state.allGroupLinks.isEmpty && simulation.state.allMembers.isEmpty)
    try await simulation.pass(.seconds(1200))
    #expect(simulation.state.allGroupLinks[.sample(500)] == link)
    #expect(simulation.target.takeGroupWrites().isEmpty)
  }

  @Test(
    "Given held removals of people and groups, a restart that names ForceDeletes carries them out, whatever else it resets",
    arguments: [ResetScope.forceDeletes, [.forceDeletes, .watermark], .full])
  func forceDeletes(scope: ResetScope) async throws {
    let simulation = try await simulation(users: 60)
    for number in 1...40 {
      simulation.directory.unassign(.sample(number))
    }
    simulation.directory.unassign(.sample(500))
    try await simulation.pass(.seconds(1800))
    #expect(simulation.job?.heldRemovals == 41)
    #expect(status(500, in: simulation) == "ACTIVE")
    try await simulation.order { try await $0.restart(scope) }
    try await simulation.pass(.seconds(1800))
    #expect(simulation.job?.heldRemovals == 0)
    #expect(simulation.target.removals.count == 40 && status(500, in: simulation) == "INACTIVE")
  }

  @Test("Given a restart with Escrows, a failing group is not tried again before it changes in the directory")
  func escrows() async throws {
    let simulation = try await simulation(users: 2)
    simulation.faults.decide { $0 == .createGroup ? .refused(.badRequest) : nil }
    simulation.directory.describe(group: .sample(501), ["displayName": .text("Refused")])
    simulation.directory.assign(.sample(501), .group, role: .sample(902))
    try await simulation.pass(.seconds(1300))
    #expect(simulation.state.allEscrows.keys.sorted() == [.sample(501)])
    try await simulation.order { try await $0.restart(.escrows) }
    #expect(simulation.state.allEscrows.isEmpty)
    let creates = simulation.faults.calls(.createGroup)
    try await simulation.pass(.seconds(3600))
    #expect(simulation.faults.calls(.createGroup) == creates)
    simulation.faults.decide(by: nil)
    simulation.directory.describe(group: .sample(501), ["displayName": .text("Accepted")])
    simulation.notify([(.group, .sample(501))])
    try await simulation.pass(.seconds(10))
    #expect(status(501, in: simulation) == "ACTIVE")
  }

  @Test(
    "Given objects that keep failing, users and groups alike, they are tried at growing intervals, not in each cycle")
  func growingIntervals() async throws {
    let simulation = try await simulation(users: 2)
    simulation.faults.decide { [.createGroup, .create].contains($0) ? .refused(.badRequest) : nil }
    simulation.directory.put(.sample(9))
    simulation.directory.assign(.sample(9))
    simulation.directory.describe(group: .sample(501), ["displayName": .text("Refused")])
    simulation.directory.assign(.sample(501), .group, role: .sample(902))
    // A day of 72 cycles, with a notification of another user now and then, upon which the assignments are read.
    for _ in 1...72 {
      try await simulation.pass(.seconds(1200))
      simulation.notify([(.user, .sample(1))])
    }
    let escrows = simulation.state.allEscrows
    #expect(escrows.count == 2)
    for object in [9, 501] {
      let attempts = try #require(escrows[.sample(object)]?.attempts)
      #expect((4...12).contains(attempts))
    }
    simulation.faults.decide(by: nil)
    simulation.directory.unassign(.sample(501))
    simulation.directory.unassign(.sample(9))
    try await simulation.pass(.seconds(1300))
    #expect(simulation.state.allEscrows.isEmpty, "a user who has left the scope fails no longer")
  }
}
