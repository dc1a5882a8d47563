import SynchronizationJob
import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

@Suite("Removals in the whole job")
struct RemovalJobTests {
  private func simulation(users: Int, limit: Int = 100) async throws -> Simulation {
    let limits = RemovalLimits(count: limit, percent: 100, minimum: limit)
    let simulation = Simulation(seed: 1, options: .init(protection: .init(removals: limits)))
    for number in 1...users {
      simulation.directory.put(.sample(number))
      simulation.directory.assign(.sample(number))
    }
    simulation.directory.setMembers(of: .sample(500), [])
    simulation.directory.assign(.sample(500), .group)
    simulation.start()
    try await simulation.pass(.seconds(60))
    _ = simulation.target.takeWrites()
    return simulation
  }

  private func active(in simulation: Simulation) -> Int {
    simulation.target.people.values.count { $0.attributes[.status] == PersonStatus.active }
  }

  @Test("Given a user who moves from an assignment of their own into an assigned group, nothing is written")
  func move() async throws {
    let simulation = try await simulation(users: 2)
    simulation.directory.setMembers(of: .sample(500), [.sample(1)])
    simulation.directory.unassign(.sample(1))
    // The group is not notified.
    simulation.notify([(.user, .sample(1))])
    try await simulation.pass(.seconds(3600))
    #expect(simulation.target.writes.allSatisfy { $0.attributes[.status] != PersonStatus.inactive })
    #expect(active(in: simulation) == 2)
  }

  @Test("Given a user who is gone when a process starts, its first read is not taken at its word")
  func lossOverRestart() async throws {
    let simulation = try await simulation(users: 2)
    let reads = simulation.faults.calls(.assignments)
    simulation.crash()
    simulation.directory.unassign(.sample(1))
    try await simulation.pass(.seconds(60))
    #expect(active(in: simulation) == 1)
    #expect(simulation.faults.calls(.assignments) == reads + 2, "the loss is confirmed by another read")
    simulation.crash()
    try await simulation.pass(.seconds(60))
    #expect(simulation.faults.calls(.assignments) == reads + 3, "no user is missed any more")
  }

  @Test("Given held removals whose cause is mended, a release carries none of them out")
  func mendedRelease() async throws {
    let simulation = try await simulation(users: 4, limit: 1)
    for number in 1...3 { simulation.directory.unassign(.sample(number)) }
    try await simulation.pass(.seconds(1300))
    #expect(simulation.heldRemovals == 3 && active(in: simulation) == 4)
    for number in 1...2 { simulation.directory.assign(.sample(number)) }
    simulation.releaseHeld()
    try await simulation.pass(.seconds(60))
    #expect(simulation.heldRemovals == 0 && active(in: simulation) == 3)
  }

  @Test("Given held removals and assignments that cannot be read, a release leaves them held")
  func unreadRelease() async throws {
    let simulation = try await simulation(users: 4, limit: 1)
    for number in 1...3 { simulation.directory.unassign(.sample(number)) }
    try await simulation.pass(.seconds(1300))
    simulation.faults.plan(.assignments, .unavailable)
    await #expect(throws: Failure.unavailable) {
      try await simulation.order { try await $0.allow(.all(before: Timestamp(milliseconds: .max))) }
    }
    try await simulation.pass(.seconds(60))
    #expect(simulation.heldRemovals == 3 && active(in: simulation) == 4)
  }

  @Test("Given a judgement that cannot be stored, it is passed again soon")
  func judgement() async throws {
    let simulation = try await simulation(users: 2)
    simulation.directory.change(.sample(1)) { $0.accountEnabled = false }
    simulation.notify([(.user, .sample(1))])
    var failures = 0
    for _ in 1...40 where active(in: simulation) == 2 {
      if failures < 3 {
        simulation.faults.plan(.record, .unavailable)
        failures += 1
      }
      try await simulation.pass(.milliseconds(500))
    }
    #expect(active(in: simulation) == 1)
  }

  @Test("Given a user who waits for a name, they get it as soon as it is given up")
  func name() async throws {
    let simulation = try await simulation(users: 2)
    simulation.directory.put(.sample(3))
    simulation.directory.change(.sample(3)) { $0.attributes["userPrincipalName"] = .text("user1@example.org") }
    simulation.directory.assign(.sample(3))
    simulation.notify([(.user, .sample(3))])
    try await simulation.pass(.seconds(60))
    #expect(simulation.state.allEscrows[.sample(3)]?.failure.code == .nameInUse)
    simulation.directory.change(.sample(1)) { $0.accountEnabled = false }
    simulation.notify([(.user, .sample(1))])
    try await simulation.pass(.seconds(60))
    #expect(simulation.state.allLinks[.sample(3)] == nil, "a disabled person keeps its name")
    simulation.directory.change(.sample(1)) { user in
      user.accountEnabled = true
      user.attributes["userPrincipalName"] = .text("other@example.org")
    }
    simulation.notify([(.user, .sample(1))])
    try await simulation.pass(.seconds(15))
    #expect(simulation.state.allLinks[.sample(3)]?.condition == .active)
    #expect(simulation.state.allEscrows.isEmpty && simulation.target.people.values.count { $0.externalKey != nil } == 3)
  }

  @Test("Given a person under a name that is not known any more, the next cycle lists people and finds it")
  func hiddenPerson() async throws {
    let simulation = try await simulation(users: 2)
    let hidden = simulation.target.put([.targetName: .text("former.name")], externalKey: "entra:\(ObjectID.sample(3))")
    simulation.directory.put(.sample(3))
    simulation.directory.assign(.sample(3))
    simulation.notify([(.user, .sample(3))])
    try await simulation.pass(.seconds(1300))
    #expect(simulation.observer.cycles.map(\.kind) == [.initial, .full])
    #expect(simulation.target.person(known: hidden)?.targetName == "user3@example.org")
    try await simulation.pass(.seconds(1300))
    #expect(simulation.observer.cycles.last?.kind == .incremental)
  }
}
